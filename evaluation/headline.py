"""The sentences that a study is read for; of an open one those that hold however often one looks."""

from django.utils.translation import gettext as _

from evaluation.figures import BlockFigures, Early, StudyFigures
from evaluation.sentences import THIN, about, block_sentences, interval_of, number, remarked, value_of


def headline(figures: StudyFigures) -> list[str]:
    """The sentences of all blocks, preferences first: they are what a study is read for."""
    ordered = sorted(figures.blocks, key=lambda block: not block.preferences)
    return [sentence for block in ordered for sentence in early_sentences(block) or block_sentences(block)]


def early_sentences(block: BlockFigures) -> list[str]:
    """What a look at an open study may say of a block; nothing of a study that is closed."""
    shared = {_support(one) for one in block.early if one.estimate.low is not None}
    together = len(shared) == 1 and len(block.early) > 1
    said = [early_sentence(one, alone=not together) for one in block.early]
    return [*said, _("All of these: %(support)s.") % {"support": shared.pop()}] if together else said


def early_sentence(early: Early, *, alone: bool = True) -> str:
    """The figure so far, with an interval that holds at every look; for whom and over what where it stands `alone`."""
    estimate = early.estimate
    if estimate.value is None:
        return about(early.question.title, _(estimate.reason))
    turned = early.percent and estimate.value < 0.5
    first, second = (early.second, early.first) if turned else (early.first, early.second)
    shown = estimate.scaled(lambda share: 1 - share) if turned else estimate
    words = (
        _("%(question)s, so far: %(first)s dialogues were preferred to %(second)s dialogues in %(value)s of judgments")
        if early.percent
        else _("%(question)s, so far: %(first)s less %(second)s is %(value)s")
    ) % {
        "question": early.question.title,
        "first": first.name,
        "second": second.name,
        "value": value_of(shown, percent=early.percent),
    }
    limits = interval_of(shown, percent=early.percent) or _("no interval")
    told = {"figure": words, "interval": remarked(limits, _support(early)) if alone else limits}
    return _("%(figure)s (%(interval)s).") % told


def _support(early: Early) -> str:
    """How the interval holds, for whom, and over which steps."""
    estimate = early.estimate
    told = {"steps": number(estimate.n["steps"], 0), "units": number(estimate.n["units"], 0)}
    steps = (
        _("the first %(steps)s of %(units)s pairs")
        if early.percent
        else _("the first %(steps)s of %(units)s dialogues of each")
    ) % told
    if estimate.low is None:
        return f"{_(estimate.reason)} {steps}"
    held = _("%(level)s interval, however often one looks") % {"level": f"{round(estimate.level * 100)}{THIN}%"}
    return remarked(held, _("these annotators alone"), steps)
