"""What samples may be drawn from, before anything is drawn."""

from collections.abc import Sequence

from django.db.models import Avg, Count, Q

from annotation.models import Study
from annotation.protocol import Protocol, SampleSpec
from annotation.services.sampling import frame
from annotation.workload import Frame
from generation.models import Dataset, Dialogue

MOST_TASKS = 100


def figures(sample: SampleSpec, leaves_out: Sequence[str] = ()) -> Frame:
    """How many dialogues fit, and how long they are on average."""
    found = frame(sample, leaves_out).aggregate(
        count=Count("pk"), turns=Avg("turn_count"), utterances=Avg("utterance_count"), words=Avg("word_count")
    )
    return Frame(found["count"], found["turns"] or 0.0, found["utterances"] or 0.0, found["words"] or 0.0)


def figures_of(protocol: Protocol) -> dict[SampleSpec, Frame]:
    """The frame of every sample of a study; one query for each that differs in more than its size."""
    found: dict[tuple[object, ...], Frame] = {}
    frames: dict[SampleSpec, Frame] = {}
    for sample in (sample for block in protocol.blocks for sample in block.samples):
        drawn_from = (sample.dataset, sample.filter)
        if drawn_from not in found:
            found[drawn_from] = figures(sample, protocol.leaves_out) if sample.dataset else Frame()
        frames[sample] = found[drawn_from]
    return frames


def dataset_choices() -> list[tuple[str, str]]:
    """Slug and name of every dataset that has dialogues, with their number."""
    visible = Count("dialogues", filter=Q(dialogues__in=Dialogue.objects.visible()))
    rows = Dataset.objects.visible().annotate(count=visible).filter(count__gt=0).values_list("slug", "name", "count")
    return [(slug, f"{name} ({count:,})") for slug, name, count in rows]


def study_choices(but: Study) -> list[tuple[str, str]]:
    """Slug and title of every other study."""
    return list(Study.objects.exclude(pk=but.pk).order_by("title").values_list("slug", "title"))


def tasks_of(protocol: Protocol) -> dict[str, list[str]]:
    """The tasks that the dialogues of each sampled dataset name, to choose from."""
    datasets = {sample.dataset for block in protocol.blocks for sample in block.samples if sample.dataset}
    rows = (
        Dialogue.objects.visible()
        .filter(dataset__slug__in=datasets)
        .exclude(task="")
        .order_by("dataset__slug", "task")
        .values_list("dataset__slug", "task")
        .distinct()
    )
    tasks: dict[str, list[str]] = {}
    for slug, task in rows[: MOST_TASKS * max(1, len(datasets))]:
        tasks.setdefault(slug, []).append(task)
    return tasks
