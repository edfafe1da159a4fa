"""Synonyms grouped: suggested, confirmed by a person, merged, split, renamed; each step can be undone."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crsapp.accounts.models import User
from generation.models import Dataset, GroupedPhrase, GroupingStep, PhraseGroup
from generation.preferences.phrases import comparable
from generation.preferences.synonyms import Group, suggested
from generation.services.preferences import loose_phrases

State = PhraseGroup.State
MOST_SUGGESTED_FROM: Final = 4000


class GroupingError(Exception):
    """What cannot be done with these groups, in words."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A group as a step remembers it."""

    name: str
    state: str
    phrases: tuple[str, ...]

    @classmethod
    def of(cls, group: PhraseGroup) -> Self:
        return cls(group.name, group.state, tuple(sorted(group.phrases.values_list("phrase", flat=True))))

    @classmethod
    def read(cls, said: dict[str, Any]) -> Self:
        return cls(said["name"], said["state"], tuple(sorted(said["phrases"])))


def suggest(*, dataset: Dataset, by: User) -> int:
    """Suggest groups of loose phrases by their words; returns how many."""
    counts = dict(list(loose_phrases(dataset).items())[:MOST_SUGGESTED_FROM])
    with transaction.atomic():
        made = _free_of(_locked(dataset), suggested(counts))
        words = ngettext("%(n)d group suggested", "%(n)d groups suggested", len(made)) % {"n": len(made)}
        if made:
            _change(dataset, words, [], made, by)
    return len(made)


def add_suggested(*, dataset: Dataset, groups: Sequence[Group]) -> None:
    """Add what a model suggests, so far as its phrases are loose. The caller holds the transaction."""
    _make(dataset, _free_of(_locked(dataset), groups))


def confirm(*, dataset: Dataset, keys: Iterable[int], by: User) -> None:
    """These groups count as one from now on."""
    with transaction.atomic():
        groups = [one for one in _groups(dataset, keys) if one.state == State.SUGGESTED]
        words = _("Confirmed: %(names)s") % {"names": _named(groups)}
        _change(dataset, words, groups, [_with(Kept.of(one), state=State.CONFIRMED) for one in groups], by)


def dissolve(*, dataset: Dataset, keys: Iterable[int], by: User) -> None:
    """The phrases of these groups are loose again."""
    with transaction.atomic():
        groups = _groups(dataset, keys)
        _change(dataset, _("Taken apart: %(names)s") % {"names": _named(groups)}, groups, [], by)


def drop_suggested(*, dataset: Dataset, by: User) -> None:
    """Take every suggestion back that nobody confirmed."""
    with transaction.atomic():
        groups = list(PhraseGroup.objects.filter(dataset=_locked(dataset), state=State.SUGGESTED))
        _change(dataset, _("All suggestions dropped"), groups, [], by)


def rename(*, dataset: Dataset, key: int, name: str, by: User) -> None:
    with transaction.atomic():
        (group,) = _groups(dataset, [key])
        named = comparable(name)
        words = _("“%(old)s” is now “%(new)s”") % {"old": group.name, "new": named}
        _change(dataset, words, [group], [_with(Kept.of(group), name=named)], by)


def split(*, dataset: Dataset, key: int, phrases: Iterable[str], by: User) -> None:
    """Take phrases out of a group: one is loose again, several are a group of their own."""
    with transaction.atomic():
        (group,) = _groups(dataset, [key])
        kept = Kept.of(group)
        out = tuple(phrase for phrase in kept.phrases if phrase in set(phrases))
        stay = tuple(phrase for phrase in kept.phrases if phrase not in out)
        if not out or not stay:
            raise GroupingError(_("Choose some of the phrases, not all: what is chosen is taken out."))
        after = [_with(kept, phrases=part) for part in (stay, out) if len(part) > 1]
        if group.name in out and len(out) > 1:
            after = [_with(one, name=one.phrases[0] if group.name not in one.phrases else group.name) for one in after]
        elif len(out) > 1:
            after[-1] = _with(after[-1], name=out[0])
        words = _("Out of “%(name)s”: %(phrases)s") % {"name": group.name, "phrases": ", ".join(out)}
        _change(dataset, words, [group], after, by)


def merge(*, dataset: Dataset, keys: Iterable[int], phrases: Iterable[str], name: str = "", by: User) -> None:
    """One confirmed group of these groups and loose phrases; named like the first unless a name is given."""
    with transaction.atomic():
        groups = _groups(dataset, keys)
        loose = loose_phrases(dataset)
        single = [phrase for phrase in dict.fromkeys(phrases) if phrase in loose]
        members = dict.fromkeys(phrase for group in groups for phrase in Kept.of(group).phrases) | dict.fromkeys(single)
        if len(groups) + len(single) < 2:
            raise GroupingError(_("Choose two or more that say the same."))
        named = comparable(name) or (groups[0].name if groups else max(single, key=lambda one: loose[one]))
        words = _("Merged into “%(name)s”: %(what)s") % {
            "name": named,
            "what": ", ".join([*(group.name for group in groups), *single]),
        }
        _change(dataset, words, groups, [Kept(named, State.CONFIRMED, tuple(members))], by)


def last_step(dataset: Dataset) -> GroupingStep | None:
    """The one that undoing takes back."""
    return dataset.grouping_steps.filter(undone=None).first()


def undo(*, dataset: Dataset, step: int) -> GroupingStep:
    """Take the last step back. Raises GroupingError where it is not the last any more."""
    with transaction.atomic():
        _locked(dataset)
        last = last_step(dataset)
        if last is None or last.pk != step:
            raise GroupingError(_("Something else was done meanwhile. Look again before you undo."))
        after = [Kept.read(one) for one in last.after]
        there = {group.name: group for group in PhraseGroup.objects.filter(dataset=dataset)}
        standing = [there[one.name] for one in after if one.name in there and Kept.of(there[one.name]) == one]
        if len(standing) != len(after):
            raise GroupingError(_("These groups were changed meanwhile, so this cannot be undone."))
        PhraseGroup.objects.filter(pk__in=[group.pk for group in standing]).delete()
        _make(dataset, [Kept.read(one) for one in last.before])
        last.undone = timezone.now()
        last.save(update_fields=["undone"])
    return last


def _locked(dataset: Dataset) -> Dataset:
    """Whoever changes groups does so one after another."""
    return Dataset.objects.select_for_update().get(pk=dataset.pk)


def _groups(dataset: Dataset, keys: Iterable[int]) -> list[PhraseGroup]:
    wanted = list(dict.fromkeys(keys))
    found = PhraseGroup.objects.filter(dataset=_locked(dataset)).in_bulk(wanted)
    if len(found) != len(wanted):
        raise GroupingError(_("A group was changed meanwhile. Look at what there is now."))
    return [found[key] for key in wanted]


def _change(
    dataset: Dataset, words: str, groups: Sequence[PhraseGroup], after: Sequence[Kept], by: User | None
) -> None:
    """Put these groups in the place of those, and remember both."""
    if not groups and not after:
        raise GroupingError(_("There is nothing to do."))
    before = [Kept.of(group) for group in groups]
    PhraseGroup.objects.filter(pk__in=[group.pk for group in groups]).delete()
    _make(dataset, after)
    GroupingStep.objects.create(
        dataset=dataset,
        words=words[:300],
        before=[asdict(one) for one in before],
        after=[asdict(one) for one in after],
        created_by=by,
    )


def _make(dataset: Dataset, groups: Sequence[Kept]) -> None:
    names = [one.name for one in groups]
    taken = set(PhraseGroup.objects.filter(dataset=dataset, name__in=names).values_list("name", flat=True))
    if taken or len(set(names)) < len(names) or "" in names:
        wrong = next(iter(taken), next((name for name in names if names.count(name) > 1), ""))
        raise GroupingError(
            _("There is a group “%(name)s” already. Merge them, or choose another name.") % {"name": wrong}
            if wrong
            else _("Give the group a name.")
        )
    made = PhraseGroup.objects.bulk_create(
        PhraseGroup(dataset=dataset, name=one.name, state=one.state) for one in groups
    )
    GroupedPhrase.objects.bulk_create(
        GroupedPhrase(dataset=dataset, group=group, phrase=phrase)
        for group, one in zip(made, groups, strict=True)
        for phrase in one.phrases
    )


def _free_of(dataset: Dataset, groups: Sequence[Group]) -> list[Kept]:
    """Those of two loose phrases and more, under names that are free."""
    grouped = set(GroupedPhrase.objects.filter(dataset=dataset).values_list("phrase", flat=True))
    names = set(PhraseGroup.objects.filter(dataset=dataset).values_list("name", flat=True))
    free = []
    for group in groups:
        phrases = tuple(phrase for phrase in group.phrases if phrase not in grouped)
        name = next((one for one in (group.name, *phrases) if one not in names), "")
        if len(phrases) > 1 and name:
            grouped.update(phrases)
            names.add(name)
            free.append(Kept(name, State.SUGGESTED, phrases))
    return free


def _with(one: Kept, **changes: Any) -> Kept:
    return Kept(**{**asdict(one), **changes})


def _named(groups: Sequence[PhraseGroup]) -> str:
    return ", ".join(group.name for group in groups)
