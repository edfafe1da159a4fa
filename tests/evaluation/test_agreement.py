"""Every coefficient of the table: against its plain version, and by what must hold of all of them."""

import math
import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation import agreement_words as said
from evaluation import counted, meetings
from evaluation.agreement import BY_SCALE, COEFFICIENTS, FITTING, SCALES, agreement, pairs_of_annotators
from evaluation.agreement import Coefficient as Kind
from evaluation.coverage import simulated_coverage
from evaluation.estimates import Estimate
from evaluation.intraclass import Intraclass
from evaluation.jackknife import limits, spread
from evaluation.pairwise import Pairwise
from tests.evaluation.agreement_oracles import PLAIN, jackknife_limits, left_out
from tests.evaluation.answers_drawn import OPTIONS, columns_of, complete, simulated, some
from tests.evaluation.oracles import Answer

EVERY = sorted(COEFFICIENTS)
JACKKNIFED = [key for key in EVERY if not isinstance(COEFFICIENTS[key].measure, Intraclass)]
BEYOND_CHANCE = [key for key in EVERY if COEFFICIENTS[key].beyond_chance]


def options_of(key: str) -> tuple[float, ...]:
    return (0.0, 1.0) if COEFFICIENTS[key].scales == ("binary",) else OPTIONS


def drawn_for(key: str) -> st.SearchStrategy[list[Answer]]:
    """Answers that the coefficient can be had of, mostly."""
    options = options_of(key)
    return complete(options) if COEFFICIENTS[key].needs in NEEDS_A_TABLE else some(options)


NEEDS_A_TABLE = {COEFFICIENTS["icc-1"].needs, COEFFICIENTS["fleiss"].needs}


def studied(key: str, seed: int = 1, dialogues: int = 30) -> list[Answer]:
    """A study in which the coefficient has a value and an interval."""
    gaps = 0.0 if COEFFICIENTS[key].needs in NEEDS_A_TABLE else 0.2
    cuts = (0.0,) if key == "positive" else (-0.6, 0.6)
    return simulated(seed, dialogues=dialogues, missing=gaps, cuts=cuts)


def both(answers: list[Answer], key: str) -> tuple[Estimate, Estimate]:
    found = agreement(columns_of(answers), key)
    return found.any_panel, found.this_panel


def test_every_coefficient_has_its_plain_version() -> None:
    assert set(PLAIN) == set(COEFFICIENTS)


@pytest.mark.parametrize("key", EVERY)
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_the_fast_value_is_the_plain_one(key: str, data: st.DataObject) -> None:
    answers, options = data.draw(drawn_for(key)), options_of(key)
    ratings = columns_of(answers, options)
    found = agreement(ratings, key).any_panel
    if found.value is None and found.reason in {said.INCOMPLETE, said.UNEQUAL_NUMBERS, said.TOO_FEW_POSITIVES}:
        apart = COEFFICIENTS[key].measure.point(ratings.paired) if key == "positive" else math.nan
        value = None if math.isnan(apart) else 1 - apart
        if key != "positive":
            return
    else:
        value = found.value
    plain = PLAIN[key](answers, options)
    assert (value is None) == (plain is None)
    assert value is None or value == pytest.approx(plain, abs=1e-9)


@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("key", JACKKNIFED)
def test_the_jackknife_is_that_of_leaving_rows_out(key: str, missing: float, monkeypatch: pytest.MonkeyPatch) -> None:
    cuts = (0.0,) if key == "positive" else (-0.6, 0.6)
    answers = simulated(5, dialogues=12, utterances=2, missing=missing, cuts=cuts)
    options = tuple(range(len(cuts) + 1))
    plain = left_out(answers, key, options)
    measure = COEFFICIENTS[key].measure
    assert not isinstance(measure, Intraclass)
    for pieces in (False, True):
        if pieces:
            monkeypatch.setattr(counted, "CHUNK_NUMBERS", 100)
            monkeypatch.setattr(meetings, "CHUNK_PAIRS", 20)
        ratings = columns_of(answers, options)
        fast = measure.left_out(ratings if key.startswith("ac") else ratings.paired)
        for one, other in zip((fast.whole, fast.dialogue, fast.annotator, fast.both), plain, strict=True):
            assert one == pytest.approx(np.array(other), abs=1e-9)
        found = spread(fast)
        low, high = limits(found.centre, found.variance, found.df, least=-9, level=0.95)
        assert (float(low), float(high)) == pytest.approx(jackknife_limits(plain), abs=1e-9)


def test_the_interval_for_other_annotators_takes_their_own_ways_and_no_noise_twice() -> None:
    """One annotator answers by chance: then annotators' own variance exceeds that of single cells and is kept."""
    answers = simulated(6, dialogues=25, missing=0)
    answers = [(u, p, float((7 * u + d) % 3) if p == 0 else v, d) for u, p, v, d in answers]
    measure = COEFFICIENTS["alpha-ordinal"].measure
    assert not isinstance(measure, Intraclass)
    shown, found = both(answers, "alpha-ordinal")[0], spread(measure.left_out(columns_of(answers)))
    plain = left_out(answers, "alpha-ordinal", (0, 1, 2))
    low, high = jackknife_limits(plain)
    assert (shown.low, shown.high) == pytest.approx((max(low, -1), high), abs=1e-9)
    assert found.variance > 1.5 * found.dialogue_variance


@pytest.mark.parametrize("key", EVERY)
@pytest.mark.parametrize("seed", range(2))
def test_order_and_names_of_units_and_annotators_do_not_matter(key: str, seed: int) -> None:
    answers = studied(key, seed)
    renamed = [(1000 - unit, 7 * person + 3, value, 500 - dialogue) for unit, person, value, dialogue in answers]
    shuffled = [renamed[(13 * place + seed) % len(renamed)] for place in range(len(renamed))]
    if len(set(shuffled)) < len(shuffled):
        shuffled = renamed[::-1]
    for before, after in zip(both(answers, key), both(shuffled, key), strict=True):
        assert after.value == pytest.approx(before.value, abs=1e-9)
        assert (after.low is None) == (before.low is None)
        assert before.low is None or (after.low, after.high) == pytest.approx((before.low, before.high), abs=1e-9)


@pytest.mark.parametrize("key", EVERY)
def test_new_names_of_categories_change_nothing_where_the_distance_allows(key: str) -> None:
    relabel = {
        "nominal": {0.0: 9.0, 1.0: -4.0, 2.0: 5.0},
        "ordinal": {0.0: -3.0, 1.0: 10.0, 2.0: 11.0},
        "interval": {0.0: 5.0, 1.0: 8.0, 2.0: 11.0},
        "ratio": {0.0: 0.0, 1.0: 2.5, 2.0: 5.0},
    }[COEFFICIENTS[key].distance]
    answers = studied(key)
    renamed = [(unit, person, relabel[value], dialogue) for unit, person, value, dialogue in answers]
    for before, after in zip(both(answers, key), both(renamed, key), strict=True):
        assert (after.value, after.low, after.high) == pytest.approx((before.value, before.low, before.high), abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(
    low=st.integers(-50, 50),
    step=st.sampled_from([0.1, 0.25, 1.0, 1 / 3, 20.0]),
    table=st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=2, max_size=12),
)
def test_alpha_of_an_interval_scale_is_the_exact_one_to_the_last_digits(
    low: int, step: float, table: list[list[int]]
) -> None:
    answers = [(unit, who, low + step * at, unit) for unit, row in enumerate(table) for who, at in enumerate(row)]
    found, exact = both(answers, "alpha-interval")[0].value, exact_interval(answers)
    assert (found is None) == (exact is None)
    assert found is None or exact is None or found == pytest.approx(float(exact), rel=0, abs=1e-13)


FAR_APART = [(-1.7e308, 1.7e308), (1e300, 2e300), (1e16, 1e16 + 2), (-5e-324, 5e-324), (0.0, 2.0**1023)]
COUNTED = [key for key in EVERY if isinstance(COEFFICIENTS[key].measure, counted.Counted) and key != "positive"]
RENAMED = [(key, values) for key in COUNTED for values in FAR_APART if key != "alpha-ratio" or values[0] == 0]


@pytest.mark.parametrize(("key", "values"), RENAMED)
def test_values_however_large_or_close_change_nothing_and_overflow_nowhere(
    key: str, values: tuple[float, float]
) -> None:
    drawn = [(unit, who, float((unit * 7 + who * 3) % 5 > 1), unit) for unit in range(12) for who in range(3)]
    renamed = [(unit, who, values[int(value)], dialogue) for unit, who, value, dialogue in drawn]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for before, after in zip(both(drawn, key), both(renamed, key), strict=True):
            assert after.value == pytest.approx(before.value, abs=1e-12)


@pytest.mark.parametrize("value", [0.0, 5.0, 1.7e308])
def test_of_one_value_alone_there_is_no_alpha_and_nothing_overflows(value: float) -> None:
    answers = [(unit, who, value, unit) for unit in range(4) for who in range(3)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = both(answers, "alpha-interval")[0]
    assert (found.value, bool(found.reason)) == (None, True)


def exact_interval(answers: list[Answer]) -> Fraction | None:
    """Krippendorff's α of an interval scale in fractions, from the sums of squared differences."""
    units: dict[int, list[Fraction]] = {}
    for unit, _person, value, _dialogue in answers:
        units.setdefault(unit, []).append(Fraction(value))
    every = [one for row in units.values() for one in row]

    def apart(row: list[Fraction]) -> Fraction:
        return 2 * (len(row) * sum((one * one for one in row), Fraction()) - sum(row, Fraction()) ** 2)

    observed = sum((apart(row) / (len(row) - 1) for row in units.values()), Fraction())
    return 1 - (len(every) - 1) * observed / apart(every) if apart(every) else None


@pytest.mark.parametrize("key", EVERY)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_values_and_limits_stay_within_their_bounds(key: str, data: st.DataObject) -> None:
    found = agreement(columns_of(data.draw(drawn_for(key)), options_of(key)), key)
    for one in (found.any_panel, found.this_panel):
        assert one.value is None or (math.isfinite(one.value) and one.value <= 1 + 1e-12)
        assert (one.value is None or one.low is None) <= bool(one.reason)
        if one.low is not None and one.high is not None:
            assert COEFFICIENTS[key].least <= one.low <= one.high <= 1
        assert one.method
        assert one.n["judgments"] >= 0


@pytest.mark.parametrize("key", EVERY)
def test_perfect_agreement_is_one_and_has_no_interval(key: str) -> None:
    top = 1.0 if key == "positive" else 2.0
    answers = [(unit, person, unit % (top + 1), unit) for unit in range(60) for person in range(3)]
    one, _this = both(answers, key)
    assert one.value == pytest.approx(1)
    assert (one.low, one.reason) == (None, said.PERFECT)


@pytest.mark.parametrize("key", EVERY)
def test_no_variation_is_undefined_and_never_one(key: str) -> None:
    answers = [(unit, person, 2.0, unit) for unit in range(60) for person in range(3)]
    found = agreement(columns_of(answers, (0, 1, 2)), key).any_panel
    if key == "exact":
        assert (found.value, found.low) == (1, None)
    elif key == "positive":
        assert found.reason == said.NOT_TWO_CATEGORIES
    else:
        assert (found.value, found.reason) == (None, said.NO_VARIATION)


@pytest.mark.parametrize("key", EVERY)
def test_nothing_judged_twice_is_undefined(key: str) -> None:
    for answers in ([], [(unit, unit, float(unit % 2), unit) for unit in range(9)]):
        found = agreement(columns_of(answers), key).any_panel
        assert (found.value, found.reason) == (None, said.NO_PAIRS)


@pytest.mark.parametrize("key", EVERY)
def test_annotators_who_answer_by_chance_agree_no_more_than_chance(key: str) -> None:
    answers = [(unit, person, float((unit * 37 + person * 61 + unit * person * 17) % 101 % 2), unit)
               for unit in range(400) for person in range(4)]  # fmt: skip
    value = both(answers, key)[0].value
    assert value is not None
    assert abs(value - (0 if COEFFICIENTS[key].beyond_chance else 0.5)) < 0.12


@pytest.mark.parametrize("key", JACKKNIFED)
def test_one_more_annotator_who_disagrees_lowers_it(key: str) -> None:
    top = 1.0 if key == "positive" else 2.0
    answers = studied(key, dialogues=40)
    contrary = [(unit, 9, top - value, dialogue) for unit, person, value, dialogue in answers if person == 0]
    if COEFFICIENTS[key].needs is COEFFICIENTS["fleiss"].needs:
        units = {answer[0] for answer in contrary}
        answers = [answer for answer in answers if answer[0] in units]
    before, after = both(answers, key)[0].value, both(answers + contrary, key)[0].value
    assert before is not None
    assert after is not None
    assert after < before


@pytest.mark.parametrize("key", [key for key in JACKKNIFED if not COEFFICIENTS[key].steady])
def test_few_dialogues_and_one_crowded_category_show_the_point_and_the_reason(key: str) -> None:
    few, _this = both(studied(key, 2, dialogues=19), key)
    assert few.value is not None
    assert (few.low, few.reason) == (None, said.FEW_DIALOGUES)
    rare = [(unit, person, float(unit in (person, 50)), unit) for unit in range(80) for person in range(3)]
    crowded, _this = both(rare, key)
    assert crowded.value is not None
    assert (crowded.low, crowded.reason) == (None, said.ONE_CATEGORY)
    assert said.RARE in crowded.notes


@pytest.mark.parametrize("key", [key for key in JACKKNIFED if COEFFICIENTS[key].steady])
def test_steady_coefficients_have_intervals_from_ten_dialogues(key: str) -> None:
    nine, ten = both(studied(key, 2, dialogues=9), key)[0], both(studied(key, 2, dialogues=14), key)[0]
    assert nine.low is None
    assert ten.low is not None or ten.reason == said.TOO_FEW_POSITIVES


@pytest.mark.parametrize("key", JACKKNIFED)
def test_two_annotators_describe_only_themselves(key: str) -> None:
    cuts = (0.0,) if key == "positive" else (-0.6, 0.6)
    found = agreement(columns_of(simulated(4, dialogues=60, people=2, missing=0, cuts=cuts)), key)
    assert found.any_panel.low is None
    assert found.this_panel.low is not None
    assert found.headline is found.this_panel


def test_under_fifty_dialogues_an_interval_is_called_indicative() -> None:
    assert said.UNDER_50 in both(simulated(2, dialogues=49), "alpha-ordinal")[0].notes
    assert said.UNDER_50 not in both(simulated(2, dialogues=50), "alpha-ordinal")[0].notes
    assert said.UNDER_50 not in both(simulated(2, dialogues=49), "ac1")[0].notes


def test_alpha_says_how_often_such_intervals_held_the_truth_where_it_promises_nothing() -> None:
    few, this = both(simulated(2, dialogues=30), "alpha-ordinal")
    assert few.coverage == simulated_coverage(30, columns_of(simulated(2, dialogues=30)).largest_share, "any panel")
    assert this.coverage is not None
    assert this.coverage < few.coverage  # type: ignore[operator]
    assert both(simulated(2, dialogues=50), "alpha-ordinal")[0].coverage is None
    common = simulated(2, dialogues=60, cuts=(-1.8, 2.5))
    assert 0.9 < columns_of(common).largest_share < 0.95
    assert both(common, "alpha-ordinal")[0].coverage == simulated_coverage(
        60, columns_of(common).largest_share, "any panel"
    )
    assert both(simulated(2, dialogues=30), "ac1")[0].coverage is None


def test_a_label_as_rare_as_39_in_7103_is_warned_of_and_still_has_its_percent() -> None:
    """Three annotators, the label on 39 of 7,103 units, each missing some of them."""
    answers = [
        (unit, person, float(unit < 39 and (unit + person) % 4 > 0), unit)
        for unit in range(7103)
        for person in range(3)
    ]
    ratings = columns_of(answers, (0, 1))
    alpha, exact = agreement(ratings, "alpha-nominal").any_panel, agreement(ratings, "exact").any_panel
    assert (alpha.low, alpha.reason) == (None, said.ONE_CATEGORY)
    assert said.RARE in alpha.notes
    assert exact.low is not None
    assert exact.low > 0.99
    positive = agreement(ratings, "positive").any_panel
    assert positive.n["positives"] == 39
    assert positive.low is not None
    assert 0 < positive.low < positive.value < positive.high < 1  # type: ignore[operator]
    fewer = agreement(columns_of([one for one in answers if one[0] >= 10], (0, 1)), "positive").any_panel
    assert (fewer.value, fewer.reason) == (None, said.TOO_FEW_POSITIVES)
    assert fewer.n["positives"] == 29


def test_unequal_numbers_and_gaps_are_said_and_not_patched() -> None:
    answers = simulated(3, dialogues=30, missing=0)[1:]
    assert both(answers, "fleiss")[0].reason == said.UNEQUAL_NUMBERS
    for key in ("icc-1", "icc-2-1", "icc-2-k"):
        assert both(answers, key)[0].reason == said.INCOMPLETE


def test_an_annotator_who_never_varies_leaves_the_mean_over_pairs_and_is_counted() -> None:
    answers = [*simulated(3, dialogues=30, people=3, missing=0)]
    same = [(unit, 9, 1.0, dialogue) for unit, person, _value, dialogue in answers if person == 0]
    without, found = both(answers, "spearman")[0], both(answers + same, "spearman")[0]
    assert found.value == pytest.approx(without.value)
    assert (found.n["pairs_of_annotators"], found.n["pairs_left_out"]) == (3, 3)
    assert said.CONSTANT in found.notes


def test_pairs_of_annotators_one_by_one() -> None:
    answers = simulated(3, dialogues=30, people=3, missing=0.3)
    pairs = pairs_of_annotators(columns_of(answers), "kappa-linear")
    assert [(pair.first, pair.second) for pair in pairs] == [(0, 1), (0, 2), (1, 2)]
    for pair in pairs:
        two = [one for one in answers if one[1] in (pair.first, pair.second)]
        assert pair.value == pytest.approx(PLAIN["kappa-linear"](two, (0, 1, 2)))
    with pytest.raises(ValueError, match="no mean over pairs"):
        pairs_of_annotators(columns_of(answers), "fleiss")


def test_categories_that_nobody_chose_count_for_gwet_and_for_nothing_else() -> None:
    answers = simulated(3, dialogues=30, missing=0)
    few, many = columns_of(answers), columns_of(answers, range(6))
    for key in EVERY:
        same = agreement(few, key).any_panel.value == pytest.approx(agreement(many, key).any_panel.value)
        assert same == (not key.startswith("ac"))


def test_every_scale_has_its_coefficients_and_every_coefficient_a_scale() -> None:
    assert set(FITTING) == set(BY_SCALE) == set(SCALES)
    fitting = {key for keys in FITTING.values() for key in keys}
    assert set(COEFFICIENTS) - fitting == {"alpha-ratio"}, "no instrument has such a scale: it is for figures of others"
    for scale in ("ordinal", "interval", "binary", "nominal", "preference"):
        assert BY_SCALE[scale] == (FITTING[scale][0], "exact")
        assert FITTING[scale][0].startswith("alpha")
    assert all(isinstance(one, Kind) and one.title for one in COEFFICIENTS.values())
    assert any(isinstance(one.measure, Pairwise) for one in COEFFICIENTS.values())
