"""Small open studies for the tests of the annotator's side. The dialogues are written here."""

from collections.abc import Sequence

from annotation.models import Link, Study
from annotation.protocol import from_dict, parse_protocol, to_dict
from annotation.services.participants import create_open_link, create_personal_links
from annotation.services.studies import create_study, open_study
from generation.models import Dataset, Dialogue, Item, Person, Utterance

TALK = [
    ("user", "I am looking for a calm film for tonight."),
    ("system", "Something slow and warm, then. Do you like films about food?"),
    ("user", "Yes, very much."),
    ("system", "Then **The Tall Oven** might be for you: a baker who moves to the sea."),
    ("user", "Who made it?"),
    ("system", "A first-time director who had been a cook herself."),
    ("user", "That sounds lovely. Is it long?"),
    ("system", "Ninety minutes, and nobody shouts."),
    ("user", "I will watch it tonight."),
    ("system", "Enjoy it! Bring something to nibble."),
]

PROTOCOL = """
title = "What makes a good reply?"
seed = 7
lease_minutes = 120
completion_code = "C-TALL-OVEN"
guidelines = "Read each message **in its context**, then answer the question beside it."
consent = "I take part of my own free will and can stop at any time."

[[block]]
name = "Part"
target = "{target}"
instruments = ["{instrument}"]
design = "{design}"
annotators = {annotators}
reveal = "{reveal}"
{more}
"""
SAMPLE = """
[[block.sample]]
dataset = "{slug}"
size = {size}
"""


def dataset(slug: str, talks: Sequence[Sequence[tuple[str, str]]], *, translated: bool = False) -> Dataset:
    """A dataset with these dialogues, and if `translated` each message also in (what stands for) Chinese."""
    made = Dataset.objects.create(slug=slug, name=slug.title(), origin=Dataset.Origin.GENERATED)
    for number, talk in enumerate(talks, start=1):
        dialogue = Dialogue.objects.create(
            dataset=made, number=number, external_id=f"{slug}-{number}", utterance_count=len(talk), turn_count=len(talk)
        )
        Utterance.objects.bulk_create(
            Utterance(
                dialogue=dialogue,
                index=index,
                speaker=speaker,
                text=text,
                translations={"zh": f"（中文）{text}"} if translated else {},
            )
            for index, (speaker, text) in enumerate(talk)
        )
    return made


def talks(count: int, turns: int = 10) -> list[list[tuple[str, str]]]:
    """So many different dialogues."""
    return [
        [(speaker, f"{text} ({number}.{index})") for index, (speaker, text) in enumerate(TALK[:turns])]
        for number in range(count)
    ]


def study_of_dialogues(
    *,
    size: int = 2,
    turns: int = 10,
    annotators: int = 2,
    reveal: str = "progressive",
    design: str = "panel",
    translated: bool = False,
) -> Study:
    """Open: `size` dialogues of each of two datasets, four questions an utterance."""
    for slug in ("amber", "basalt"):
        dataset(slug, talks(size, turns), translated=translated)
    more = "".join(SAMPLE.format(slug=slug, size=size) for slug in ("amber", "basalt"))
    return opened(
        target="dialogue",
        instrument="utterance-quality",
        design=design,
        annotators=annotators,
        reveal=reveal,
        more=more,
    )


def study_of_pairs(*, pairs: int = 4, annotators: int = 2, ties: bool = False, turns: int = 4) -> Study:
    """Open: pairs of one dialogue of each of two datasets."""
    for slug in ("amber", "basalt"):
        dataset(slug, talks(pairs, turns))
    more = f"ties = {str(ties).lower()}\n" + "".join(
        SAMPLE.format(slug=slug, size=pairs) for slug in ("amber", "basalt")
    )
    more += f'[block.pairing]\nmethod = "random"\nsize = {pairs}\n'
    return opened(
        target="pair",
        instrument="overall-preference",
        design="panel",
        annotators=annotators,
        reveal="whole",
        more=more,
    )


def study_of_metrics() -> Study:
    """Open: one dialogue of each of two datasets, asked the seven metrics, with task, profile and history beside it."""
    for slug in ("amber", "basalt"):
        made = dataset(slug, talks(1, 6))
        item = Item.objects.create(dataset=made, external_id="b1", title="The Long Harvest")
        made.dialogues.update(
            situation="Find a calm film for tonight, not longer than two hours, and settle on one.",
            person=Person.objects.create(dataset=made, external_id="9", profile="1. Age: 40\n2. Diet: **no** onions"),
            metadata={"history_interaction": [item.external_id]},
            labels={"user_likes": [item.external_id]},
        )
    samples = "".join(SAMPLE.format(slug=slug, size=1) for slug in ("amber", "basalt"))
    text = PROTOCOL.format(
        target="dialogue",
        instrument="recllmsim-quality",
        design="panel",
        annotators=1,
        reveal="progressive",
        more=samples,
    )
    protocol = to_dict(parse_protocol(text))
    protocol["instrument"][0]["context"] = ["task", "profile", "history"]
    return open_study(study=create_study(protocol=from_dict(protocol)))


def study_of_labels(*instruments: str, turns: int = 6, reveal: str = "whole") -> Study:
    """Open: one dialogue of each of two datasets for one annotator, asked by these instruments; by default intents and
    hallucinations."""
    for slug in ("amber", "basalt"):
        dataset(slug, talks(1, turns))
    return opened(
        target="dialogue",
        instrument='", "'.join(instruments or ("user-intent", "hallucination")),
        design="panel",
        annotators=1,
        reveal=reveal,
        more="".join(SAMPLE.format(slug=slug, size=1) for slug in ("amber", "basalt")),
    )


def opened(**parts: object) -> Study:
    study = create_study(protocol=parse_protocol(PROTOCOL.format(**parts)))
    open_study(study=study)
    study.refresh_from_db()
    return study


def personal_link(study: Study) -> Link:
    return create_personal_links(study=study, count=1)[0]


def open_link(study: Study, cap: int = 5) -> Link:
    return create_open_link(study=study, cap=cap)
