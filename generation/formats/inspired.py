"""INSPIRED (Hayati et al. 2020): a table of utterances about films, with the recommender's sociable strategies.

The recommender is the system. Strategies are labels of the utterance, how the recommendation went (`fine_label`,
`coarse_label`) of the dialogue. Columns with Python dictionaries are read as literals and never run.
"""

import ast
import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from generation.formats.base import Evidence, Format, Options, split_of, year_of
from generation.formats.sources import Glance, Source
from generation.formats.text import mention
from generation.formats.values import FormatError, Value, parse
from generation.records import DialogueRecord, ItemRecord, Json, MentionRecord, Speaker, UtteranceRecord
from generation.wording import gettext_noop, worded

COLUMNS: Final = ("dialog_id", "utt_id", "speaker", "text", "movie_dict")
SPEAKERS: Final[Mapping[str, Speaker]] = {"SEEKER": "user", "RECOMMENDER": "system"}
QUOTE: Final = "QUOTATION_MARK"
STRATEGIES: Final = {"expert_label": "strategy", "first_label": "strategy", "second_label": "second_strategy"}
OUTCOMES: Final = ("fine_label", "coarse_label", "case")
DICTIONARIES: Final = ("movie_dict", "genre_dict", "actor_dict", "director_dict", "others_dict")
PLACED: Final = frozenset(
    {"dialog_id", "utt_id", "speaker", "text", "movies", "movie_id", *STRATEGIES, *OUTCOMES, *DICTIONARIES}
)
MISSING: Final = frozenset({"", "nan"})
LITERAL_LIMIT: Final = 20_000


def sniff(glance: Glance) -> Evidence:
    headings = [head.partition("\n")[0].strip().split("\t") for _name, head in glance.heads]
    found = max(([name for name in COLUMNS if name in heading] for heading in headings), key=len, default=[])
    return Evidence(len(found) / len(COLUMNS), tuple(found))


def read(source: Source, options: Options) -> Iterator[DialogueRecord]:
    rows = source.rows(options.report, options.note)
    for _name, group in groupby(_in_dialogues(rows), key=lambda value: value.data["dialog_id"]):
        values = sorted(group, key=_order)
        try:
            yield _dialogue(values, split_of(source.name), options)
        except FormatError as error:
            place = error.place or values[0].place
            options.report(FormatError(place=place, problem=error.problem, remedy=error.remedy))


def _in_dialogues(rows: Iterator[Value]) -> Iterator[Value]:
    for value in rows:
        missing = [name for name in COLUMNS[:4] if name not in value.data]
        if value.data and missing:
            problem = worded("there is no column %(name)s", name=repr(missing[0]))
            remedy = worded("INSPIRED tables have it; choose the format `table` for others.")
            raise FormatError(place=value.place, problem=problem, remedy=remedy, fatal=True)
        if value.data:
            yield value


def _order(value: Value) -> tuple[int, str]:
    number = value.data["utt_id"]
    return (int(number), "") if number.isascii() and number.isdigit() and len(number) < 10 else (10**10, number)


def _dialogue(values: list[Value], split: str, options: Options) -> DialogueRecord:
    first = values[0].data
    dictionaries = {name: _literal(first.get(name, ""), name, options) for name in DICTIONARIES if name in first}
    titles = dictionaries.get("movie_dict", {})
    known = [title for title in titles if title.strip()] if isinstance(titles, dict) else []
    named = [title for value in values for title in _movies(value)]
    metadata = {name: value for name, value in dictionaries.items() if value not in ({}, "")}
    if first.get("movie_id", "") not in MISSING:
        metadata["movie_id"] = first["movie_id"]
    return DialogueRecord(
        external_id=first["dialog_id"],
        utterances=tuple(_utterance(value) for value in values),
        split=split,
        items=tuple(
            ItemRecord(external_id=title, title=title, year=year_of(title)) for title in dict.fromkeys([*known, *named])
        ),
        labels={name: first[name] for name in OUTCOMES if first.get(name, "") not in MISSING},
        metadata=metadata,
        place=values[0].place,
    )


def _utterance(value: Value) -> UtteranceRecord:
    row = value.data
    speaker = row["speaker"].strip().upper()
    if speaker not in SPEAKERS:
        problem = worded("the speaker is %(speaker)s, neither SEEKER nor RECOMMENDER", speaker=repr(row["speaker"]))
        raise FormatError(place=value.place, problem=problem, remedy=worded("Correct it, or remove the row."))
    text = row["text"].replace(QUOTE, '"')
    return UtteranceRecord(
        speaker=SPEAKERS[speaker],
        text=text,
        labels={ours: row[name] for name, ours in STRATEGIES.items() if row.get(name, "") not in MISSING},
        metadata={name: cell for name, cell in row.items() if name not in PLACED and cell},
        mentions=tuple(_mention(text, title, speaker) for title in _movies(value)),
    )


def _mention(text: str, title: str, speaker: str) -> MentionRecord:
    return mention(text, title, title, "recommended" if SPEAKERS[speaker] == "system" else "mentioned")


def _movies(value: Value) -> list[str]:
    titles = [title.strip() for title in value.data.get("movies", "").split(";")]
    return list(dict.fromkeys(title for title in titles if title not in MISSING))


def _literal(cell: str, name: str, options: Options) -> Json:
    """The dictionary that the cell shows; the cell itself where it is none, or something that JSON cannot say."""
    if not cell or len(cell) > LITERAL_LIMIT:
        return cell
    try:
        literal = ast.literal_eval(cell)
        if isinstance(literal, dict):
            return parse(json.dumps(literal, allow_nan=False), "")
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError, FormatError):
        options.note(worded("a %(name)s that is no plain dictionary was left as text", name=name))
    return cell


FORMAT: Final = Format(
    name="inspired",
    title="INSPIRED",
    description=gettext_noop(
        "A table of utterances about films with strategies and outcomes, as released by Hayati et al. (2020)."
    ),
    extensions=(".tsv", ".tsv.gz", ".zip"),
    sniff=sniff,
    read=read,
)
