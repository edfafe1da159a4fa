"""How far annotators agree in a study, in a line a criterion: its first coefficient, over all systems together."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from evaluation.figures import StudyFigures
from evaluation.sentences import interval_of, value_of


@dataclass(frozen=True)
class Agreed:
    """One criterion: its coefficient, with the interval for other annotators or why there is none."""

    title: str
    coefficient: str
    value: str
    interval: str
    reason: str


def agreed(figures: StudyFigures) -> list[tuple[str, list[Agreed]]]:
    """The blocks of a study by name, those without anything to agree on left out."""
    found = []
    for block in figures.blocks:
        lines = []
        for one in block.asked:
            first = next((figure for figure in one.agreement if figure.system is None), None)
            if first is not None and one.judgments:
                shown = first.estimates.headline
                reason = _(shown.reason) if shown.reason else ""
                lines.append(Agreed(one.question.title, _(first.title), value_of(shown), interval_of(shown), reason))
        if lines:
            found.append((block.name, lines))
    return found
