"""What is said of agreement where it is undefined, where its interval is withheld, and where it says little. Pure."""

from typing import Final

from evaluation.counted import Counted
from evaluation.estimates import ANY_PANEL, Target, gettext_noop
from evaluation.intraclass import Intraclass
from evaluation.pairwise import Pairwise
from evaluation.ratings import Ratings

JACKKNIFE: Final = gettext_noop(
    "Two-way jackknife over dialogues (or pairs) and annotators on log(1 − coefficient), Student's t"
)
DIALOGUE_JACKKNIFE: Final = gettext_noop("Jackknife over dialogues (or pairs) on log(1 − coefficient), Student's t")
MCGRAW_WONG: Final = gettext_noop("McGraw and Wong's interval from the analysis of variance")

NO_PAIRS: Final = gettext_noop("Nothing was judged by two annotators, so there is no agreement to measure.")
NO_VARIATION: Final = gettext_noop(
    "All annotators gave the same answer everywhere, so agreement beyond chance is undefined."
)
NO_VALUE: Final = gettext_noop("Too little varies in these answers for the coefficient to have a value.")
UNEQUAL_NUMBERS: Final = gettext_noop(
    "Fleiss' κ needs the same number of answers about every unit; here the numbers differ. Read α instead."
)
INCOMPLETE: Final = gettext_noop(
    "An intraclass correlation needs an answer of every annotator about every unit; here some are missing."
)
BELOW_ZERO: Final = gettext_noop("α by ratios needs values of which none is below zero.")
ONE_UNIT: Final = gettext_noop("An intraclass correlation needs at least two units.")
NOT_TWO_CATEGORIES: Final = gettext_noop("Positive agreement is of questions with two answers.")
TOO_FEW_POSITIVES: Final = gettext_noop(
    "Fewer than 30 units were called positive by anybody: too few for a coefficient, so only their number is shown."
)

PERFECT: Final = gettext_noop("There is no disagreement at all to judge the uncertainty by.")
FEW_DIALOGUES: Final = gettext_noop(
    "With fewer than 20 dialogues or pairs no method gives an honest interval for this coefficient."
)
VERY_FEW_DIALOGUES: Final = gettext_noop("With fewer than ten dialogues or pairs no interval is shown.")
ONE_CATEGORY: Final = gettext_noop(
    "More than 95 % of the answers are in one category, so the coefficient hangs on a handful of them."
)
TOO_THIN: Final = gettext_noop(
    "Leaving out one dialogue or annotator makes the coefficient undefined, so there is no interval."
)
OTHERS_ONLY: Final = gettext_noop("The interval of an intraclass correlation speaks of other annotators alone.")

UNDER_50: Final = gettext_noop(
    "Indicative: with fewer than 50 dialogues or pairs this interval may hold the truth less often than it says."
)
OVER_90: Final = gettext_noop(
    "Indicative: with more than 90 % of the answers in one category this interval may hold the truth less often than "
    "it says."
)
RARE: Final = gettext_noop(
    "More than 90 % of the answers are in one category. Then κ and α say little: they can be near 0 although "
    "annotators nearly always agree. Read exact agreement, AC1 and positive agreement beside them."
)
FEW_ANNOTATORS: Final = gettext_noop("Indicative: three or four annotators show little of how annotators differ.")
CONSTANT: Final = gettext_noop(
    "Pairs with an annotator who gave the same answer throughout have no coefficient and are left out of the mean."
)
UNITS_ALIKE: Final = gettext_noop(
    "This interval takes units as independent, although several belong to one dialogue: the true one is wider."
)


def method(measure: Counted | Pairwise | Intraclass, target: Target) -> str:
    if isinstance(measure, Intraclass):
        return MCGRAW_WONG
    return JACKKNIFE if target == ANY_PANEL else DIALOGUE_JACKKNIFE


def notes(
    ratings: Ratings, *, beyond_chance: bool, measure: Counted | Pairwise | Intraclass, left_out: float = 0
) -> tuple[str, ...]:
    """The cautions that stand beside a coefficient with a value."""
    few = FEW_ANNOTATORS if ratings.annotator_count in (3, 4) else ""
    if isinstance(measure, Intraclass):
        alike = UNITS_ALIKE if ratings.dialogue_count < ratings.dialogue_of.size else ""
        return tuple(note for note in (alike, few) if note)
    crowded = ratings.largest_share
    found = (
        CONSTANT if left_out else "",
        UNDER_50 if beyond_chance and 20 <= ratings.dialogue_count < 50 and crowded <= 0.95 else "",
        OVER_90 if beyond_chance and 0.9 < crowded <= 0.95 else "",
        RARE if beyond_chance and crowded > 0.9 else "",
        few,
    )
    return tuple(note for note in found if note)
