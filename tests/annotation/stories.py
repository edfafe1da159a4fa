"""What the stories of a study share: small datasets of our own, a protocol, and people who answer."""

from uuid import uuid4

from annotation.models import Annotator, Assignment, Slot, Study
from annotation.protocol import Protocol, parse_protocol
from annotation.services.assignments import claim, submit
from annotation.services.judging import Answer, record_answers
from annotation.services.material import questions_of
from annotation.services.participants import create_open_link, create_personal_links, join
from annotation.services.studies import create_study, open_study
from generation.models import Dataset, Dialogue, Item, ItemMention, Utterance

QUALITY_BLOCK = """
[[block]]
name = "Quality"
target = "dialogue"
instruments = ["utterance-quality"]
design = "{design}"
annotators = {annotators}
[[block.sample]]
dataset = "north"
size = {size}
[[block.sample]]
dataset = "south"
size = {size}
"""

PAIR_BLOCK = """
[[block]]
name = "Pairs"
target = "pair"
instruments = ["overall-preference"]
design = "{design}"
annotators = {annotators}
[[block.sample]]
dataset = "north"
size = {size}
[[block.sample]]
dataset = "south"
size = {size}
[block.pairing]
method = "random"
size = {size}
"""


def make_dataset(slug: str, dialogues: int, *, turns: int = 2) -> Dataset:
    """Dialogues about films, each with one item named by number and one message split in two."""
    dataset = Dataset.objects.create(slug=slug, name=f"The {slug} collection", origin=Dataset.Origin.GENERATED)
    item = Item.objects.create(dataset=dataset, external_id="12", title="The Long  Walk (2019)")
    made = Dialogue.objects.bulk_create(
        Dialogue(
            dataset=dataset,
            number=number,
            external_id=f"{slug}-{number}",
            scenario=f"scenario {number % 5}",
            turn_count=turns,
            utterance_count=turns + 1,
        )
        for number in range(1, dialogues + 1)
    )
    utterances = []
    for dialogue in made:
        utterances.append(Utterance(dialogue=dialogue, index=0, speaker="user", text="Good evening!"))
        for turn in range(turns):
            text = f"{turn}: I think of @12 at {dialogue.number}." if turn % 2 else f"{turn}: What is worth watching?"
            speaker = "system" if turn % 2 else "user"
            utterances.append(Utterance(dialogue=dialogue, index=turn + 1, speaker=speaker, text=text))
    rows = Utterance.objects.bulk_create(utterances)
    mentions = [(row, row.text.find("@12")) for row in rows]
    ItemMention.objects.bulk_create(
        ItemMention(utterance=row, item=item, start=at, end=at + 3) for row, at in mentions if at >= 0
    )
    return dataset


def protocol_of_blocks(*blocks: str, **head: object) -> Protocol:
    lines = [f"{key} = {value}" for key, value in {"title": '"North v. South"', "seed": 7, **head}.items()]
    return parse_protocol("\n".join([*lines, *blocks]))


def quality(*, design: str = "panel", annotators: int = 3, size: int = 3) -> str:
    return QUALITY_BLOCK.format(design=design, annotators=annotators, size=size)


def pairs(*, design: str = "panel", annotators: int = 3, size: int = 4) -> str:
    return PAIR_BLOCK.format(design=design, annotators=annotators, size=size)


def opened(*blocks: str, dialogues: int = 12, **head: object) -> Study:
    """An open study on two datasets, “north” and “south”."""
    make_dataset("north", dialogues)
    make_dataset("south", dialogues)
    return open_study(study=create_study(protocol=protocol_of_blocks(*blocks, **head)))


def people(study: Study, count: int) -> list[Annotator]:
    """So many people who came by links of their own."""
    return [join(link=link) for link in create_personal_links(study=study, count=count)]


def crowd(study: Study, count: int) -> list[Annotator]:
    """So many people who came by one open link."""
    link = create_open_link(study=study, cap=None)
    return [join(link=link) for _ in range(count)]


def answers_to(assignment: Assignment, *, value: int | None = 1) -> list[Answer]:
    """One answer to every question of the assignment."""
    return [
        Answer(uuid4(), question.instrument, question.criterion.key, question.place, value)
        for question in questions_of(assignment)
    ]


def judge_one(annotator: Annotator, *, value: int = 1) -> Assignment | None:
    """Take the next unit, answer everything, submit it; None when there is nothing left."""
    assignment = claim(annotator=annotator)
    if assignment is None:
        return None
    record_answers(assignment=assignment, answers=answers_to(assignment, value=value), active_seconds=20)
    return submit(assignment=assignment, active_seconds=21)


def judge_all(annotator: Annotator) -> list[Assignment]:
    """Judge until nothing is left for this annotator."""
    done = []
    while (assignment := judge_one(annotator)) is not None:
        done.append(assignment)
    return done


def expire(assignment: Assignment) -> None:
    """Let the assignment's lease have run out long ago."""
    Assignment.objects.filter(pk=assignment.pk).update(lease_until=assignment.started.replace(year=2000))


def unfilled(study: Study) -> int:
    return Slot.objects.filter(block__study=study).exclude(assignment__state="submitted").count()
