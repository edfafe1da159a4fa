"""The figures of a block as rows: every number with its interval, its n, for whom it speaks and what is behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.estimates import ANY_PANEL, THIS_PANEL, Estimate, Estimates, Test
from evaluation.figures import AgreementFigure, CriterionFigures, PreferenceFigures, SystemDifference
from evaluation.sentences import about, for_whom, interval_of, listed, number, p_value, value_of

LEFT: Final = 1
PLAIN: Final = frozenset({"exact", "positive"})
"""Coefficients that are shares, and shown in percent."""


@dataclass(frozen=True)
class Row:
    """A figure; what it has not, a value or an interval, is empty. `remarks` are numbers of the sentences under the
    table; one says why an interval is missing. `behind` is the query that lists the judgments it comes from."""

    what: str
    value: str
    any_panel: str
    this_panel: str
    n: str
    p: str = ""
    remarks: tuple[int, ...] = ()
    behind: str = ""


@dataclass(frozen=True)
class Group:
    """The figures of one criterion."""

    criterion: str
    title: str
    text: str
    rows: tuple[Row, ...]
    answers: str
    behind: str
    wordings: str = ""


def n_words(n: Mapping[str, float], target: str) -> str:
    """`50 pairs × 7 annotators, 350 judgments, n* 302`, of what is known; `target` is a criterion's."""
    parts = []
    if "first_units" in n:
        parts.append(_units(f"{number(n['first_units'], 0)} + {number(n['second_units'], 0)}", 2, target))
    elif "decided" in n:
        told = {"decided": number(n["decided"], 0), "all": number(n["units"], 0)}
        parts.append(_("%(decided)s of %(all)s pairs decided") % told)
    elif "dialogues" in n:
        parts.append(_units(number(n["dialogues"], 0), n["dialogues"], target))
        if target == "utterance":
            utterances = ngettext("%(n)s utterance", "%(n)s utterances", round(n["units"]))
            parts.append(utterances % {"n": number(n["units"], 0)})
    elif "units" in n:
        parts.append(_units(number(n["units"], 0), n["units"], target))
    if "annotators" in n:
        people = ngettext("%(people)s annotator", "%(people)s annotators", round(n["annotators"]))
        parts.append(people % {"people": number(n["annotators"], 0)})
    if "judgments" in n:
        judgments = ngettext("%(n)s judgment", "%(n)s judgments", round(n["judgments"]))
        parts.append(judgments % {"n": number(n["judgments"], 0)})
    if "effective" in n:
        parts.append(f"n* {number(n['effective'], 0)}")
    return listed(*parts)


def _units(shown: str, count: float, target: str) -> str:
    if target == "pair":
        return ngettext("%(units)s pair", "%(units)s pairs", round(count)) % {"units": shown}
    return ngettext("%(units)s dialogue", "%(units)s dialogues", round(count)) % {"units": shown}


def behind(block: int, criterion: str, **more: object) -> str:
    """The query that lists the judgments of a criterion that are in the figures, narrowed by more filters."""
    asked = {"block": block, "criterion": criterion, "counted": "counted", **more}
    return urlencode({name: value for name, value in asked.items() if value != ""})


class Rows:
    """Makes the rows of one block and numbers the remarks that stand under its table, each once."""

    def __init__(self, block: int) -> None:
        self.block = block
        self.remarks: dict[str, int] = {}

    def row(
        self, what: str, both: Estimates, *, target: str, percent: bool = False, p: str = "", behind: str = ""
    ) -> Row:
        shown = both.any_panel
        return Row(
            what,
            value_of(both.headline, percent=percent),
            interval_of(shown, percent=percent),
            interval_of(both.this_panel, percent=percent),
            n_words(shown.n, target),
            p,
            self.numbers((shown, both.this_panel)),
            behind,
        )

    def single(self, what: str, one: Estimate, *, target: str, p: str = "", behind: str = "") -> Row:
        """A share with one interval alone."""
        limits = interval_of(one, percent=True)
        return Row(
            what,
            value_of(one, percent=True),
            limits if one.target == ANY_PANEL else "",
            limits if one.target == THIS_PANEL else "",
            n_words(one.n, target),
            p,
            self.numbers((one,)),
            behind,
        )

    def numbers(self, estimates: Iterable[Estimate]) -> tuple[int, ...]:
        """The numbers of what these estimates remark."""
        texts = dict.fromkeys(text for one in estimates for text in remarks_of(one))
        return tuple(self.remarks.setdefault(text, len(self.remarks) + 1) for text in texts)


def remarks_of(estimate: Estimate) -> list[str]:
    """Why something is missing, what to beware of, and how often such intervals held the truth where that is less than
    they say."""
    texts = [_(text) for text in (estimate.reason, *estimate.notes) if text]
    if estimate.coverage:
        low, high = (number(100 * share, 0) for share in estimate.coverage)
        held = {"share": low if low == high else f"{low}–{high}", "whom": for_whom(estimate)}
        texts.append(
            _("In simulated studies of about this size such an interval held the truth in %(share)s %% (%(whom)s).")
            % held
        )
    return texts


def criterion_group(table: Rows, figures: CriterionFigures, *, whole: bool = True) -> Group:
    """The means or shares of a criterion and its differences; `whole` with superiority and agreement."""
    target, key = figures.question.target, figures.question.criterion
    rows = [
        table.row(
            one.system.name, one.estimates, target=target, behind=behind(table.block, key, system=one.system.slug)
        )
        for one in figures.means
        if one.estimates
    ]
    for value, label in figures.question.labels.items():
        for one in figures.means:
            if value in one.shares:
                what = _("“%(label)s”, %(system)s") % {"label": label, "system": one.system.name}
                query = behind(table.block, key, system=one.system.slug, answer=value)
                rows.append(table.row(what, one.shares[value], target=target, percent=True, behind=query))
    for gap in figures.differences:
        p = p_value(gap.holm if gap.family > 1 else gap.test.p)
        what = _("Difference, %(first)s − %(second)s") % {"first": gap.first.name, "second": gap.second.name}
        rows.append(table.row(what, gap.estimates, target=target, p=p, behind=behind(table.block, key)))
        rows += superiority_rows(table, figures, gap) if whole else []
    rows += agreement_rows(table, (one for one in figures.agreement if one.beside), target, key) if whole else []
    return Group(
        key,
        figures.question.title,
        figures.question.text,
        tuple(rows),
        _answers(figures.judgments, figures.cannot_judge),
        behind(table.block, key),
        wording_words(figures.wordings),
    )


def superiority_rows(table: Rows, figures: CriterionFigures, gap: SystemDifference) -> list[Row]:
    """How often one system is rated higher than the other by the same annotator, and the difference in sds."""
    target, query = figures.question.target, behind(table.block, figures.question.criterion)
    rows = []
    if gap.shares:
        told = {"first": gap.first.name, "second": gap.second.name}
        for what, share in (
            (_("%(first)s rated higher than %(second)s"), gap.shares.higher),
            (_("%(first)s rated like %(second)s"), gap.shares.equal),
            (_("%(first)s rated lower than %(second)s"), gap.shares.lower),
        ):
            rows.append(table.row(what % told, share, target=target, percent=True, behind=query))
    if gap.standardised:
        what = _("Difference in standard deviations of the ratings")
        rows.append(table.row(what, gap.standardised, target=target, behind=query))
    return rows + other_tests(gap.others, query)


def other_tests(tests: Iterable[Test], behind: str) -> list[Row]:
    """Other tests of the same, of these annotators alone, a p-value each."""
    alone = _("these annotators alone")
    return [Row(_(one.method), "", "", "", alone, p_value(one.p), (), behind) for one in tests if one.p is not None]


def preference_group(table: Rows, figures: PreferenceFigures, *, whole: bool = True) -> Group:
    """The win rate, the majority and the sides; `whole` with agreement."""
    rows, target, key = [], figures.question.target, figures.question.criterion
    contest, all_votes = figures.contest, behind(table.block, key)
    if contest:
        what = _("%(system)s preferred, ties half") if figures.ties else _("%(system)s preferred")
        name, won = {"system": contest.preferred.name}, behind(table.block, key, won=contest.preferred.slug)
        p = _p(contest.test)
        rows.append(table.row(what % name, contest.preferred_rate, target=target, percent=True, p=p, behind=won))
        what = _("Majority for %(system)s (another quantity)")
        rows.append(table.single(what % name, contest.preferred_majority, target=target, behind=all_votes))
    left = behind(table.block, key, answer=LEFT)
    rows.append(
        table.single(_("Left dialogue chosen"), figures.left, target=target, p=_p(figures.left_test), behind=left)
    )
    rows += [_redrawn(table, figures.left_redrawn, left)] if figures.left_redrawn else []
    rows += agreement_rows(table, (one for one in figures.agreement if one.beside), target, key) if whole else []
    if contest:
        rows += other_tests(contest.others, all_votes)
        limits = interval_of(contest.preferred_published, percent=True)
        what = _("As published, votes taken as independent: %(limits)s") % {"limits": limits}
        p = _p(contest.published_test)
        rows.append(table.single(what, contest.preferred_published, target=target, p=p, behind=won))
    return Group(
        key,
        figures.question.title,
        figures.question.text,
        tuple(rows),
        _answers(figures.judgments, figures.cannot_judge, figures.ties),
        all_votes,
        wording_words(figures.wordings),
    )


def _redrawn(table: Rows, test: Test, behind: str) -> Row:
    """The p of the left choices with the sides drawn again, or why there is none."""
    marks = (table.remarks.setdefault(_(test.reason), len(table.remarks) + 1),) if test.reason else ()
    return Row(_(test.method), "", "", "", _("these annotators alone"), _p(test), marks, behind)


def wording_words(wordings: Mapping[int, int]) -> str:
    """How many answers were given to which wording; nothing where all were given to one."""
    if sum(count > 0 for count in wordings.values()) < 2:
        return ""
    told = listed(
        *(
            about(_("amendment %(n)s") % {"n": start} if start else _("as opened"), number(count, 0))
            for start, count in sorted(wordings.items())
        )
    )
    return _("The words were amended; these figures put all answers together. Answers by wording: %(told)s.") % {
        "told": told
    }


def agreement_rows(table: Rows, agreement: Iterable[AgreementFigure], target: str, criterion: str) -> list[Row]:
    rows = []
    for one in agreement:
        what = listed(_(one.title), one.system.name if one.system else "")
        query = behind(table.block, criterion, system=one.system.slug if one.system else "")
        rows.append(table.row(what, one.estimates, target=target, percent=one.coefficient in PLAIN, behind=query))
    return rows


def _p(test: Test) -> str:
    return "" if test.p is None else p_value(test.p)


def _answers(judgments: int, cannot_judge: int, ties: int = 0) -> str:
    parts = [_("%(count)s judgments") % {"count": number(judgments, 0)}]
    if ties:
        parts.append(_("%(count)s ties") % {"count": number(ties, 0)})
    if cannot_judge:
        parts.append(_("%(count)s “cannot judge” left out") % {"count": number(cannot_judge, 0)})
    return listed(*parts)
