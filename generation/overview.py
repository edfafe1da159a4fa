"""What the row of a dialogue says of the whole of it, found out in one pass over what was said. Pure."""

from typing import Final, NamedTuple

from generation.finding import folded, marks_of
from generation.records import DialogueRecord
from generation.references import with_titles
from generation.words import count_words

FIRST_WORDS: Final = 200


class Overview(NamedTuple):
    """Counts of utterances, turns and words; how it begins; what it is found by (`finding.py`)."""

    utterance_count: int
    turn_count: int
    word_count: int
    first_words: str
    words: str
    marks: str


def overview(record: DialogueRecord) -> Overview:
    said = "\n".join([utterance.text for utterance in record.utterances])
    return Overview(
        utterance_count=len(record.utterances),
        turn_count=record.turn_count,
        word_count=count_words(said),
        first_words=_first_words(record),
        words=folded(said),
        marks=marks_of(record.labels, [(said.labels, said.translations) for said in record.utterances]),
    )


def _first_words(record: DialogueRecord) -> str:
    titles = {item.external_id: item.title for item in record.items}
    for utterance in record.utterances:
        if utterance.text.strip():
            spans = [(mention.start, mention.end, titles[mention.item_id]) for mention in utterance.mentions]
            return " ".join(with_titles(utterance.text[: 10 * FIRST_WORDS], spans).split())[:FIRST_WORDS]
    return ""
