"""Preferences of a dataset: taken from its file, counted by task, and where each was found."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from crsapp.jobs.models import Job
from crsapp.jobs.registry import Progress, Steps
from crsapp.jobs.services import enqueue
from generation.formats import FORMATS
from generation.models import (
    Dataset,
    Dialogue,
    Enquiry,
    GroupedPhrase,
    Import,
    Person,
    PhraseGroup,
    Preference,
    Utterance,
)
from generation.preferences.counting import Shown, Table, counted
from generation.preferences.phrases import comparable, entry_of, entry_phrases, is_phrase, said_in
from generation.simulation.profiles import read_profile

TAKE: Final = "generation.take_preferences"
LABEL: Final = "preference_summary"
AT_ONCE: Final = 100
FROM_FILE: Final = "file"


class Source(NamedTuple):
    """Where phrases came from: the file, or an enquiry."""

    key: str
    enquiry: Enquiry | None


def sources(dataset: Dataset) -> list[Source]:
    """Those that brought phrases, newest first."""
    asked = dataset.enquiries.filter(kind=Enquiry.Kind.PREFERENCES).exclude(state=Enquiry.State.DELETED)
    found = [Source(str(one.pk), one) for one in asked.select_related("endpoint") if one.preferences.exists()]
    filed = dataset.preferences.filter(enquiry=None).exists()
    return [*found, *([Source(FROM_FILE, None)] if filed else [])]


def preferences_of(dataset: Dataset, source: Source) -> QuerySet[Preference]:
    return dataset.preferences.filter(enquiry=source.enquiry)


def same_tasks(dataset: Dataset) -> dict[str, str]:
    """Tasks that the paper of the dataset's format counts as part of another one."""
    names = dataset.imports.filter(state=Import.State.COMPLETE).values_list("format", flat=True).distinct()
    together: dict[str, str] = {}
    for name in names:
        if name in FORMATS.all:
            together |= FORMATS.all[name].same_task
    return together


def task_sizes(dataset: Dataset) -> dict[str, int]:
    """How many dialogues each task has, those that are one together."""
    same = same_tasks(dataset)
    sizes: dict[str, int] = defaultdict(int)
    for task in Dialogue.objects.visible().in_dataset(dataset).values_list("task", flat=True).iterator(chunk_size=5000):
        sizes[same.get(task, task)] += 1
    return dict(sorted(sizes.items()))


def tables(dataset: Dataset, source: Source, *, with_profiles: bool = True, task: str | None = None) -> list[Table]:
    """The preferences of each task, or of one; confirmed synonyms count as one."""
    same, sizes, names = same_tasks(dataset), task_sizes(dataset), confirmed_names(dataset)
    shown: dict[str, list[Shown]] = defaultdict(list)
    rows = preferences_of(dataset, source)
    spoken = rows.filter(dialogue__isnull=False).values_list("dialogue", "dialogue__task", "phrase")
    for dialogue, of, phrase in spoken.iterator(chunk_size=5000):
        shown[same.get(of, of)].append(Shown(dialogue, phrase))
    if with_profiles:
        for of, one in _from_profiles(dataset, rows):
            shown[same.get(of, of)].append(one)
    wanted = sizes if task is None else {task: sizes.get(task, 0)}
    return [counted(name, size, shown[name], names) for name, size in wanted.items()]


def _from_profiles(dataset: Dataset, rows: QuerySet[Preference]) -> Iterator[tuple[str, Shown]]:
    """What the fitting entry of the profile says, for each dialogue of a task that has one."""
    entries: dict[tuple[int | None, str], list[str]] = defaultdict(list)
    for person, entry, phrase in rows.filter(person__isnull=False).values_list("person", "entry", "phrase"):
        entries[person, entry].append(phrase)
    people = Dialogue.objects.visible().in_dataset(dataset).exclude(person=None).values_list("pk", "task", "person")
    for dialogue, task, person in people.iterator(chunk_size=5000) if entries else ():
        for phrase in entries.get((person, entry_of(task)), ()):
            yield task, Shown(dialogue, phrase, from_profile=True)


def confirmed_names(dataset: Dataset) -> dict[str, str]:
    """The name of the confirmed group of each phrase that has one."""
    grouped = GroupedPhrase.objects.filter(dataset=dataset, group__state=PhraseGroup.State.CONFIRMED)
    return dict(grouped.values_list("phrase", "group__name"))


def places(dataset: Dataset, source: Source, name: str, task: str) -> QuerySet[Preference]:
    """Where a preference of a task was found, in the order of the dialogues, then of the profiles."""
    grouped = GroupedPhrase.objects.filter(dataset=dataset, group__name=name, group__state=PhraseGroup.State.CONFIRMED)
    phrases = list(grouped.values_list("phrase", flat=True)) or [name]
    tasks = [task, *(other for other, into in same_tasks(dataset).items() if into == task)]
    of_task = Q(dialogue__task__in=tasks) | Q(person__dialogues__task__in=tasks, entry=entry_of(task))
    found = preferences_of(dataset, source).filter(of_task, phrase__in=phrases).distinct()
    return found.select_related("dialogue", "utterance", "person").order_by(
        "person_id", "dialogue__number", "utterance__index", "pk"
    )


def has_filed(dataset: Dataset) -> bool:
    """Whether the file says which preferences its dialogues show."""
    return Dialogue.objects.visible().in_dataset(dataset).filter(labels__has_key=LABEL).exists()


def take_from_file(*, dataset: Dataset, by: User | None = None, here: bool = False) -> Job:
    """Have the phrases of the file taken, each with the message that says it, and those of profiles by ready rules."""
    going_on = Job.objects.open().filter(kind=TAKE, arguments__dataset=dataset.pk).first()
    title = _("Preferences in %(name)s") % {"name": dataset}
    arguments = {"dataset": dataset.pk}
    return going_on or enqueue(kind=TAKE, arguments=arguments, title=title, created_by=by, dispatch_now=not here)


def take_steps(dataset: Dataset) -> Steps:
    """Begun anew where a worker died in between."""
    dataset.preferences.filter(enquiry=None).delete()
    for person in _with_entries(dataset):
        said = {entry: entry_phrases(text) for entry, text in entries_of(person).items()}
        Preference.objects.bulk_create(entry_rows(dataset, None, person.pk, said))
    yield Progress(done=0)
    filed = Dialogue.objects.visible().in_dataset(dataset).filter(labels__has_key=LABEL).order_by("number")
    keys = list(filed.values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        some = filed.filter(pk__in=keys[start : start + AT_ONCE]).prefetch_related("utterances")
        Preference.objects.bulk_create(row for dialogue in some for row in _filed(dataset, dialogue))
        yield Progress(done=min(start + AT_ONCE, len(keys)), total=len(keys))
    return {}


def _filed(dataset: Dataset, dialogue: Dialogue) -> list[Preference]:
    said = dialogue.labels[LABEL]
    listed = [words for words in said if isinstance(words, str)] if isinstance(said, list) else [str(said)]
    by_user = {one.index: one for one in dialogue.utterances.all() if one.speaker == Utterance.Speaker.USER}
    messages = [(index, one.text) for index, one in sorted(by_user.items())]
    found = [(words, by_user[at].pk) for words in listed if (at := said_in(words, messages)) is not None]
    nowhere = [(words, None) for words in listed if words not in {known for known, _one in found}]
    return phrase_rows(dataset, None, dialogue.pk, [*found, *nowhere])


def phrase_rows(
    dataset: Dataset, enquiry: Enquiry | None, dialogue: int, found: Sequence[tuple[str, int | None]]
) -> list[Preference]:
    """Phrases of a dialogue with the keys of the messages that say them, each once; not saved."""
    kept: dict[str, Preference] = {}
    for words, utterance in found:
        phrase = comparable(words)
        if is_phrase(words):
            kept.setdefault(
                phrase,
                Preference(
                    dataset=dataset,
                    enquiry=enquiry,
                    dialogue_id=dialogue,
                    utterance_id=utterance,
                    words=words.strip()[:100],
                    phrase=phrase,
                ),
            )
    return list(kept.values())


def entry_rows(
    dataset: Dataset, enquiry: Enquiry | None, person: int, said: Mapping[str, Sequence[str]]
) -> list[Preference]:
    """Phrases of a person's profile, by entry; not saved."""
    return [
        Preference(
            dataset=dataset, enquiry=enquiry, person_id=person, entry=entry, words=words[:100], phrase=comparable(words)
        )
        for entry, phrases in said.items()
        for words in dict.fromkeys(phrases)
        if is_phrase(words)
    ]


def _with_entries(dataset: Dataset) -> QuerySet[Person]:
    """People who stand behind a dialogue of a task that an entry of a profile fits."""
    tasks = [task for task in _tasks(dataset) if entry_of(task)]
    return (
        Person.objects.filter(dataset=dataset, dialogues__task__in=tasks).exclude(profile="").distinct().order_by("pk")
    )


def wanted_entries(dataset: Dataset) -> list[tuple[int, str]]:
    """The key of each such person, and the entries that their tasks need."""
    tasks = Person.objects.filter(dataset=dataset).exclude(profile="").exclude(dialogues=None).order_by("pk")
    pairs = {(pk, entry_of(task or "")) for pk, task in tasks.values_list("pk", "dialogues__task")}
    return sorted((pk, entry) for pk, entry in pairs if entry)


def entries_of(person: Person) -> dict[str, str]:
    """The entries of a profile that may say something about a task."""
    profile = read_profile(person.profile)
    return {name: value for name, value in profile.items() if name in {"travel", "dining"} and value}


def _tasks(dataset: Dataset) -> list[str]:
    return list(Dialogue.objects.visible().in_dataset(dataset).order_by().values_list("task", flat=True).distinct())


def loose_phrases(dataset: Dataset) -> dict[str, int]:
    """Phrases in no group, and in how many dialogues and profiles each was found by whichever source."""
    grouped = set(GroupedPhrase.objects.filter(dataset=dataset).values_list("phrase", flat=True))
    counts: dict[str, int] = defaultdict(int)
    seen: set[tuple[Any, ...]] = set()
    for phrase, dialogue, person in dataset.preferences.values_list("phrase", "dialogue", "person").iterator():
        if phrase not in grouped and (phrase, dialogue, person) not in seen:
            seen.add((phrase, dialogue, person))
            counts[phrase] += 1
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
