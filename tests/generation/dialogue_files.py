"""Small files of each format, written by us, with the traps that the real ones have."""

import gzip
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generation.formats import FORMATS
from generation.formats.base import Options
from generation.formats.sources import Source
from generation.records import DialogueRecord


def redial(conversation: str = "7", **changes: Any) -> dict[str, Any]:
    """A seeker (11) who writes twice in a row, a recommender (22), one film recommended and one only mentioned."""
    entry = {
        "movieMentions": {"101": "The Quiet Harbour  (1999)", "102": "Night Bus (2004)", "103": "Unseen Film (2011)"},
        "respondentQuestions": {"102": {"suggested": 1, "seen": 0, "liked": 2}},
        "messages": [
            {"timeOffset": 0, "text": "Hi, I loved @101", "senderWorkerId": 11, "messageId": 1},
            {"timeOffset": 4, "text": "anything like it?", "senderWorkerId": 11, "messageId": 2},
            {"timeOffset": 9, "text": "Try @102, or @101 again", "senderWorkerId": 22, "messageId": 3},
        ],
        "conversationId": conversation,
        "respondentWorkerId": 22,
        "initiatorWorkerId": 11,
        "initiatorQuestions": {"102": {"suggested": 1, "seen": 0, "liked": 1}},
    }
    return {**entry, **changes}


def redial_from_the_hub() -> dict[str, Any]:
    """As on the Hugging Face hub: lists of objects instead of objects."""
    questions = [{"movieId": "102", "suggested": 1, "seen": 0, "liked": 1}]
    return redial(
        movieMentions=[
            {"movieId": "101", "movieName": "The Quiet Harbour (1999)"},
            {"movieId": "102", "movieName": None},
        ],
        respondentQuestions=questions,
        initiatorQuestions=questions,
    )


def recllmsim(number: int = 0, **changes: Any) -> dict[str, Any]:
    """A simulated user with a profile asks for a trip; the assistant invents a train."""
    entry = {
        "task": "trip planning",
        "preference_id": number,
        "task_context_id": 3,
        "preference": "1. Gender: Female\n2. Age: 40",
        "preference_zh": "1.性别：女性\n2.年龄：40",
        "task_context": "You plan a weekend by the sea.",
        "task_context_zh": "你计划去海边度周末。",
        "history": [
            {"role": "user", "content": "A weekend by the sea?", "content_zh": "去海边度周末？", "intent": "Planning"},
            {
                "role": "assistant",
                "content": "1. **Take** the night train to the moon.",
                "content_zh": "坐夜车去月球。",
                "hallucination": {"hallucination": True, "memo": "no such train"},
            },
        ],
        "conflict": False,
        "preference_summary": ["sea"],
        "rating": {"Memorization": 1, "Detail Level": 2},
    }
    return {**entry, **changes}


def chat(**changes: Any) -> dict[str, Any]:
    """As chat models take it: a system prompt, a text in parts, a call of a tool and its answer."""
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"genre": "calm"}'}}
    said = [
        {"role": "system", "content": "You recommend films."},
        {"role": "user", "content": [{"type": "text", "text": "Something calm?"}, {"type": "image_url", "url": "x"}]},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": "The Tall Oven"},
        {"role": "assistant", "content": "The Tall Oven", "tool_calls": [call]},
    ]
    return {"messages": said, "tools": [{"type": "function"}], **changes}


def sharegpt(**changes: Any) -> dict[str, Any]:
    said = [
        {"from": "system", "value": "You recommend films."},
        {"from": "human", "value": "Something calm?"},
        {"from": "gpt", "value": "The Tall Oven", "weight": 1},
    ]
    return {"id": "s1", "conversations": said, **changes}


def dialoguekit(name: str = "k1", **changes: Any) -> dict[str, Any]:
    """An agent greets, a user asks; intents and dialogue acts as far as they are known."""
    acts = [{"intent": "DISCLOSE", "annotations": [{"slot": "GENRE", "value": "calm"}]}]
    said = [
        {"participant": "AGENT", "utterance": "Hello", "intent": "WELCOME", "timestamp": "2026-01-01T00:00:00"},
        {"participant": "USER", "utterance": "Something calm?", "dialogue_acts": acts, "satisfaction": 4},
    ]
    return {
        "conversation ID": name,
        "conversation": said,
        "agent": {"id": "MovieBot", "type": "AGENT"},
        "user": {"id": "u7", "type": "USER"},
        "metadata": {"study": 3},
        **changes,
    }


def own(name: str = "d1", **changes: Any) -> dict[str, Any]:
    """The least that our own format wants."""
    said = [{"speaker": "user", "text": "Hello"}, {"speaker": "system", "text": "Hello to you"}]
    return {"id": name, "utterances": said, **changes}


def write_lines(path: Path, entries: Iterable[Mapping[str, Any] | str]) -> Path:
    """A JSON lines file, packed if its name ends in .gz; a text among the entries is written as it is."""
    lines = [entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False) for entry in entries]
    data = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def write_zip(path: Path, files: Mapping[str, Any]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, str | bytes) else json.dumps(content))
    return path


def read(format: str, path: Path, options: Options | None = None) -> list[DialogueRecord]:
    return list(FORMATS.get(format).read(Source(path), options or Options()))


def written(format: str, records: Iterable[DialogueRecord]) -> list[Any]:
    """The entries of the JSON file that the format makes of these."""
    chosen = FORMATS.get(format)
    assert chosen.write is not None
    whole = b"".join(chosen.write(records))
    listed = json.loads(whole) if chosen.written_as == ".json" else map(json.loads, whole.splitlines())
    return list(listed)
