"""Preprocessing of a dataset's reviews: tried for a look, or done and kept as what generation draws from."""

from collections.abc import Generator
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from crsapp.accounts.models import User
from crsapp.jobs.registry import JobError, Progress
from crsapp.jobs.services import enqueue
from generation.models import Dataset, Import, Preparation, PreparedReview
from generation.reviews.behaviour import DISLIKE, LIKE, MIGHT_LIKE, NEUTRAL, OUT, Prepared, in_order, prepare
from generation.reviews.diagnosis import diagnose
from generation.reviews.pools import quotable
from generation.reviews.settings import Settings
from generation.services.datasets import DatasetError
from generation.services.import_steps import Steps
from generation.services.inserting import insert, reserve_ids
from generation.services.reviews.loading import Loaded, load

PREPARE: Final = "generation.prepare_reviews"
TRIED_AT_MOST: Final = 20_000
PIECE: Final = 5_000
BUCKETS: Final = {
    LIKE: PreparedReview.Bucket.LIKE,
    DISLIKE: PreparedReview.Bucket.DISLIKE,
    MIGHT_LIKE: PreparedReview.Bucket.MIGHT_LIKE,
    NEUTRAL: PreparedReview.Bucket.NEUTRAL,
}
COUNTS: Final = ("likes", "dislikes", "might_likes", "neutral", "people", "with_dialogue", "speechless", "dialogues")


class PreparingError(DatasetError):
    """Why reviews are not prepared, in words."""


def review_count(dataset: Dataset) -> int:
    return sum(imported.amount for imported in review_imports(dataset))


def review_imports(dataset: Dataset) -> list[Import]:
    """The finished imports that brought its reviews."""
    return list(dataset.imports.filter(kind=Import.Kind.REVIEWS, state=Import.State.COMPLETE))


def suggested_settings(dataset: Dataset) -> Settings:
    """The paper's; reviews that have no text at all are not asked for words."""
    imports = review_imports(dataset)
    has_text = not imports or any(imported.report.get("with_text") for imported in imports)
    return Settings() if has_text else Settings(min_words=0)


def try_out(dataset: Dataset, settings: Settings) -> dict[str, Any]:
    """What these settings would leave, without keeping it; for small sets, while somebody waits."""
    return _report(dataset, _to_the_end(load(dataset, settings)), settings)[1]


def start_preparation(
    *, dataset: Dataset, settings: Settings, by: User | None = None, here: bool = False
) -> Preparation:
    """Have the reviews prepared, by a worker or `here`. What is in use stays so until the new outcome is whole."""
    if not review_imports(dataset):
        raise PreparingError(_("“%(name)s” has no reviews. Import some first.") % {"name": dataset})
    try:
        with transaction.atomic():
            made = Preparation.objects.create(dataset=dataset, settings=settings.as_dict(), created_by=by)
            made.job = enqueue(
                kind=PREPARE,
                arguments={"preparation": made.pk},
                title=_("Preparing the reviews of %(name)s") % {"name": dataset},
                created_by=by,
                dispatch_now=not here,
            )
            made.save(update_fields=["job"])
    except IntegrityError:
        raise PreparingError(
            _("The reviews of “%(name)s” are being prepared already. Wait until that is done, or cancel it.")
            % {"name": dataset}
        ) from None
    return made


def preparation_steps(preparation: Preparation) -> Steps:
    """Load, prepare, write in pieces; the last step puts the outcome into use in place of the one before."""
    dataset, settings = preparation.dataset, Settings.of(preparation.settings)
    remove_prepared(preparation)
    total = review_count(dataset)
    reading = load(dataset, settings)
    while True:
        try:
            yield Progress(done=next(reading), total=2 * total, message=_("Words are being counted"))
        except StopIteration as end:
            loaded: Loaded = end.value
            break
    outcome, report = _report(dataset, loaded, settings)
    yield Progress(done=total, total=2 * total, message=_("The outcome is being kept"))
    if not outcome.dialogues:
        _end(preparation, Preparation.State.EMPTY, report)
        return {"dialogues": 0}
    rows = _rows(loaded, outcome)
    kept = len(rows["interaction"])
    for start in range(0, kept, PIECE):
        _write(preparation, {name: values[start : start + PIECE] for name, values in rows.items()})
        done = total + round(total * min(1, (start + PIECE) / kept))
        yield Progress(done=done, total=2 * total, message=_("The outcome is being kept"))
    before = list(Preparation.objects.filter(dataset=dataset, state=Preparation.State.COMPLETE))
    Preparation.objects.filter(pk__in=[old.pk for old in before]).update(state=Preparation.State.REPLACED)
    _end(preparation, Preparation.State.COMPLETE, report)
    yield Progress(done=2 * total, total=2 * total, message=_("The outcome before is being removed"))
    for old in Preparation.objects.filter(dataset=dataset, state=Preparation.State.REPLACED):
        remove_prepared(old)
    return {"dialogues": outcome.dialogues}


def give_up(preparation: Preparation) -> None:
    """Leave nothing of one that failed or was cancelled; what was in use before still is."""
    if Preparation.objects.filter(pk=preparation.pk, state=Preparation.State.RUNNING).update(
        state=Preparation.State.FAILED
    ):
        remove_prepared(preparation)


def remove_prepared(preparation: Preparation) -> None:
    rows = PreparedReview.objects.filter(preparation=preparation).order_by()
    rows._raw_delete(rows.db)


def _end(preparation: Preparation, state: Preparation.State, report: dict[str, Any]) -> None:
    running = Preparation.objects.filter(pk=preparation.pk, state=Preparation.State.RUNNING)
    if not running.update(state=state, report=report, completed=Now()):
        raise JobError(_("The preparation was taken back meanwhile."))


def _report(dataset: Dataset, loaded: Loaded, settings: Settings) -> tuple[Prepared, dict[str, Any]]:
    """The outcome, and all that is said of it: what each step left, and where nothing is left, what would help."""
    columns = loaded.columns()
    outcome = prepare(columns, settings)
    found = diagnose(columns, settings, outcome)
    return outcome, {
        "imports": [imported.pk for imported in review_imports(dataset)],
        "texts": loaded.texts,
        "steps": [asdict(step) for step in outcome.steps],
        **{name: getattr(outcome, name) for name in COUNTS},
        "quotable": quotable(columns, outcome.buckets),
        "diagnosis": asdict(found) if found is not None else None,
    }


def _rows(loaded: Loaded, outcome: Prepared) -> dict[str, list[Any]]:
    """What is kept, each person's in order of time."""
    columns = loaded.columns()
    kept = np.flatnonzero(outcome.buckets != OUT)
    kept = kept[in_order(columns, kept)]
    people = columns.people[kept]
    _who, first, counts = np.unique(people, return_index=True, return_counts=True)
    return {
        "person": people.tolist(),
        "interaction": columns.rows[kept].tolist(),
        "bucket": [BUCKETS[code].value for code in outcome.buckets[kept].tolist()],
        "position": (np.arange(len(kept)) - np.repeat(first, counts)).tolist(),
    }


def _write(preparation: Preparation, rows: dict[str, list[Any]]) -> None:
    count = len(rows["interaction"])
    ids = reserve_ids(PreparedReview, count)
    insert(PreparedReview, {"id": ids, "preparation": [preparation.pk] * count, **rows})


def _to_the_end(reading: Generator[int, None, Loaded]) -> Loaded:
    while True:
        try:
            next(reading)
        except StopIteration as end:
            loaded: Loaded = end.value
            return loaded
