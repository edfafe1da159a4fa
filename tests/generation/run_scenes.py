"""Reviews that dialogues are written from, prepared, and runs over them."""

from typing import Any

from crsapp.accounts.models import User
from crsapp.jobs.services import run_inline
from generation.models import Dataset, Endpoint, GenerationRun, Import, Interaction, Item, Person
from generation.reviews.settings import Settings
from generation.services.reviews.preparing import start_preparation
from generation.services.runs.from_reviews.settings import ReviewSettings
from generation.services.runs.from_reviews.starting import start_run
from generation.services.runs.here import run_here
from generation.services.runs.steering import Limits

ADJECTIVES = ("amber", "brisk", "calm", "dusty", "eager", "faint", "gentle", "hollow", "ivory", "jolly", "keen")
NOUNS = ["harbour", "meadow", "lantern", "orchard", "canyon", "feather", "glacier", "compass", "thicket", "beacon"]
SAYS = (
    "The {noun} of it stayed with me for days, and the {adjective} middle part is what I tell my friends about most. "
    "I would not change a thing about how the story lets its people breathe, number {n} of my list."
)


def title(number: int) -> str:
    return f"{ADJECTIVES[number % len(ADJECTIVES)]} {NOUNS[number % len(NOUNS)]} {chr(65 + number // 10)}".title()


def prepared(*, people: int = 6, items: int = 12, name: str = "Reviews", holdout: float = 0.3) -> Dataset:
    """Everybody reviews everything; every fifth review is a bad one. Prepared without asking for activity."""
    dataset = Dataset.objects.create(name=name, slug=name.lower(), domain="Books")
    source = Import.objects.create(
        dataset=dataset,
        kind=Import.Kind.REVIEWS,
        state=Import.State.COMPLETE,
        filename="reviews.json",
        sha256=name,
        report={"reviews": people * items, "with_text": people * items},
    )
    things = [Item.objects.create(dataset=dataset, external_id=f"i{n}", title=title(n)) for n in range(items)]
    for who in range(people):
        person = Person.objects.create(dataset=dataset, external_id=f"p{who}", kind="reviewer")
        for n, thing in enumerate(things):
            said = SAYS.format(
                noun=NOUNS[(who * 3 + n) % 10], adjective=ADJECTIVES[(who + 2 * n) % 11], n=who * 100 + n
            )
            rating = 1 if (who + n) % 5 == 0 else 5
            Interaction.objects.create(source=source, person=person, item=thing, rating=rating, at=n, text=said)
    done = start_preparation(dataset=dataset, settings=Settings(k=1, holdout=holdout), here=True)
    assert done.job is not None
    run_inline(done.job)
    return dataset


def scripted(**mishaps: float) -> Endpoint:
    """The offline writer, with these things going wrong."""
    made: Endpoint = Endpoint.objects.create(name="Offline", kind="scripted", model="scripted", mishaps=mishaps)
    return made


def begun(
    source: Dataset | None = None, *, endpoint: Endpoint | None = None, by: User | None = None, **said: Any
) -> GenerationRun:
    """A run that is ready to be run in this process. What `start_run` takes goes to it, the rest is settings."""
    limits = Limits(said.pop("money", None), said.pop("tokens", None))
    name, here = said.pop("name", "Written"), said.pop("here", True)
    return start_run(
        source=source or prepared(),
        name=name,
        endpoint=endpoint or scripted(),
        settings=ReviewSettings(**{"domain": "Books", **said}),
        by=by,
        here=here,
        limits=limits,
    )


def finished(**said: Any) -> GenerationRun:
    return run_here(begun(**said))
