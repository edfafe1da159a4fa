"""USS (Sun et al. 2021): satisfaction of users, rated by several, on dialogues of ReDial, CCPE and others.

A table without a heading: speaker, text, action, ratings such as `4,3,4`; blank lines between dialogues. Actions and
ratings are labels of the utterance. A row with the text OVERALL is no utterance: its ratings are those of the dialogue.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from generation.formats.base import Evidence, Format, Options
from generation.formats.sources import Glance, Source
from generation.formats.table import FORMAT as TABLE
from generation.records import DialogueRecord, Json, UtteranceRecord
from generation.wording import gettext_noop

ROW: Final = re.compile(r"(?:USER|SYSTEM)\t[^\t\n]*\t[^\t\n]*\t(?P<ratings>[0-9,]*)")
LINES_LOOKED_AT: Final = 12
OVERALL: Final = "OVERALL"
MAPPING: Final = {
    "heading": ["no"],
    "speaker": ["1"],
    "user": ["USER"],
    "system": ["SYSTEM"],
    "text": ["2"],
    "labels": ["3", "4"],
}


def sniff(glance: Glance) -> Evidence:
    for _name, head in glance.heads:
        lines = [line for line in head.split("\n") if line][:LINES_LOOKED_AT]
        rows = [ROW.fullmatch(line) for line in lines]
        if len(rows) > 1 and all(rows) and any(row["ratings"] for row in rows if row):
            return Evidence(1.0, ("USER", "SYSTEM", "ratings between commas"))
    return Evidence(0.0)


def read(source: Source, options: Options) -> Iterator[DialogueRecord]:
    for record in TABLE.mapped(MAPPING).read(source, options):
        said = tuple(_utterance(utterance) for utterance in record.utterances)
        overall = [one.labels for one in said if one.text == OVERALL]
        yield replace(
            record,
            utterances=tuple(one for one in said if one.text != OVERALL),
            labels={key: value for labels in overall for key, value in labels.items() if key == "satisfaction"},
        )


def _utterance(filed: UtteranceRecord) -> UtteranceRecord:
    labels: dict[str, Json] = {"action": filed.labels["3"]} if "3" in filed.labels else {}
    return replace(filed, labels=labels | _ratings(filed.labels))


def _ratings(labels: Mapping[str, Json]) -> dict[str, Json]:
    """One whole number a rater, by position; what is none stays text."""
    cell = labels.get("4", "")
    if not cell:
        return {}
    ratings = cell.split(",")
    are_numbers = all(re.fullmatch("[0-9]", one) for one in ratings)
    return {"satisfaction": [int(one) for one in ratings] if are_numbers else cell}


FORMAT: Final = Format(
    name="uss",
    title="USS",
    description=gettext_noop(
        "Dialogues with the satisfaction of their users, rated by several, as released by Sun et al. (2021)."
    ),
    extensions=(".txt", ".txt.gz"),
    sniff=sniff,
    read=read,
)
