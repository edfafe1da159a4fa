"""Every format gives back what it read, field by field, and says in words what it cannot read."""

import json
from pathlib import Path
from typing import Any

import pytest

from generation.formats import FORMATS, writers
from generation.formats.base import Options
from generation.formats.shelf import Broken
from generation.formats.values import FormatError
from generation.records import MentionRecord
from tests.generation.dialogue_files import (
    chat,
    dialoguekit,
    own,
    read,
    recllmsim,
    redial,
    redial_from_the_hub,
    sharegpt,
    write_lines,
    write_zip,
    written,
)

SAMPLES: dict[str, list[dict[str, Any]]] = {
    "redial": [
        redial(),
        redial("8", movieMentions=[], respondentQuestions=[], initiatorQuestions=[]),
        redial(conversationId=9, messages=[{"text": "", "senderWorkerId": "11", "turn_id": 4}]),
        redial("10", movieMentions={"101": None}, split="test", respondentWorkerId="w-22", initiatorWorkerId="011",
               messages=[{"text": "@101 @999", "senderWorkerId": "w-22"}]),
        redial_from_the_hub(),
        {key: value for key, value in redial("12").items() if not key.endswith("Questions")},
    ],
    "recllmsim": [
        recllmsim(),
        recllmsim(1, history=list(reversed(recllmsim()["history"])), source_file="a/1.json", strategy={"a": [1.0]}),
        recllmsim(2, rating=None, preference_zh=None, task_context="", profile_mapped=True),
        recllmsim(3, history=[{"role": "user", "content": "x", "intent": None, "intent_zh": "计划"},
                              {"role": "assistant", "content": "y", "hallucination": False},
                              {"role": "assistant", "content": "z", "hallucination": {"hallucination": 0, "by": 1}}]),
        {"history": [{"role": "assistant", "content": "no more than that"}]},
        recllmsim("p-4", task_context_id="007"),
        recllmsim(5, partner="Model B"),
        recllmsim(6, partner={"name": "Model B"}),
        recllmsim(7, partner=""),
    ],
    "chat_messages": [
        chat(),
        chat(id=5, messages=[{"role": "user", "content": "a"}, {"role": "developer", "content": "x"}], n=1.0),
        sharegpt(),
        sharegpt(id="s2", conversations=[{"from": "user", "value": "a"}, {"from": "assistant", "value": "b"}]),
        {"conversation_id": "c", "messages": [{"role": "user", "name": "x", "content": "a"}, {"role": "assistant"}]},
    ],
    "dialoguekit": [
        dialoguekit(),
        dialoguekit("k2", agent={"id": "MovieBot"}, user={"id": 7}, metadata=None),
        {"conversation": [{"participant": "USER", "utterance": ""}]},
    ],
    "jsonl": [
        own(),
        own("d2", schema="crsapp-dialogue/1", person={"id": "p", "kind": "worker"}, metadata={"n": 1.5}, split="test"),
    ],
}  # fmt: skip


def test_every_format_has_its_samples() -> None:
    """Here, or, where its files are no JSON entries, in tests of its own."""
    elsewhere = {path.stem.removeprefix("test_formats_") for path in Path(__file__).parent.glob("test_formats_*.py")}
    assert set(FORMATS.all) <= set(SAMPLES) | elsewhere


@pytest.mark.parametrize("reader", SAMPLES)
@pytest.mark.parametrize("writer", writers())
def test_what_one_format_reads_every_other_can_write(reader: str, writer: str, tmp_path: Path) -> None:
    """With the same words by the same speakers, whatever else a layout has no place for."""
    records = read(reader, write_lines(tmp_path / "file.jsonl", SAMPLES[reader]))
    write = writers()[writer].write
    assert write is not None
    path = tmp_path / f"written{writers()[writer].written_as}"
    path.write_bytes(b"".join(write(records)))
    again = read(writer, path)
    said = [[(one.speaker, one.text) for one in record.utterances] for record in records]
    assert [[(one.speaker, one.text) for one in record.utterances] for record in again] == said


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_comes_back_field_by_field(name: str, tmp_path: Path) -> None:
    records = read(name, write_lines(tmp_path / "file.jsonl", SAMPLES[name]))
    back = [json.dumps(entry, sort_keys=True) for entry in written(name, records)]
    expected = [{"schema": "crsapp-dialogue/1", **entry} if name == "jsonl" else entry for entry in SAMPLES[name]]
    assert back == [json.dumps(entry, sort_keys=True) for entry in expected]


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_is_lost_on_the_way_through_our_own_format(name: str, tmp_path: Path) -> None:
    records = read(name, write_lines(tmp_path / "file.jsonl", SAMPLES[name]))
    own_file = tmp_path / "own.jsonl"
    own_file.write_bytes(b"".join(FORMATS.get("jsonl").write(records)))
    assert read("jsonl", own_file) == records


@pytest.mark.parametrize("name", ["chat_messages", "dialoguekit"])
def test_a_list_is_read_like_lines(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(json.dumps(SAMPLES[name], indent=1))
    back = [json.dumps(entry, sort_keys=True) for entry in written(name, read(name, path))]
    assert back == [json.dumps(entry, sort_keys=True) for entry in SAMPLES[name]]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_format_is_known_by_its_beginning(name: str, tmp_path: Path) -> None:
    assert FORMATS.guess(write_lines(tmp_path / "file.jsonl.gz", SAMPLES[name])).name == name
    pretty = tmp_path / "one.json"
    pretty.write_text(json.dumps(SAMPLES[name][0], indent=2))
    assert FORMATS.guess(pretty).name == name


def test_what_no_format_knows_is_said_with_the_formats_there_are(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"none of the known formats.*redial.*recllmsim|none of.*jsonl"):
        FORMATS.guess(write_lines(tmp_path / "file.jsonl", [{"a": 1}]))
    with pytest.raises(FormatError, match="no format 'spreadsheet'"):
        FORMATS.get("spreadsheet")


def test_a_broken_format_file_complains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, source in {"no_format": "x = 1", "broken": "import nothing_of_that_name"}.items():
        (tmp_path / f"{name}.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(Broken, match="no_format has no FORMAT"):
        FORMATS.load("no_format")
    with pytest.raises(Broken, match="broken does not load: ModuleNotFoundError"):
        FORMATS.load("broken")


def test_redial_tells_who_speaks_and_what_is_recommended(tmp_path: Path) -> None:
    (record,) = read("redial", write_lines(tmp_path / "file.jsonl", [redial()]))
    assert [utterance.speaker for utterance in record.utterances] == ["user", "user", "system"]
    assert record.utterances[0].mentions == (MentionRecord(item_id="101", start=12, end=16),)
    recommended, mentioned = record.utterances[2].mentions
    assert (recommended.item_id, recommended.role) == ("102", "recommended")
    assert record.utterances[2].text[recommended.start : recommended.end] == "@102"
    assert (mentioned.item_id, mentioned.role) == ("101", "mentioned")
    assert next((item.title, item.year) for item in record.items) == ("The Quiet Harbour  (1999)", 1999)
    assert record.labels["initiator_questions"]["102"]["liked"] == 1
    assert record.person is not None
    assert (record.person.external_id, record.partner) == ("11", "22")


def test_what_the_seeker_names_is_not_recommended(tmp_path: Path) -> None:
    said = [{"text": "I saw @102", "senderWorkerId": 11}, {"text": "And @101?", "senderWorkerId": 22}]
    (record,) = read("redial", write_lines(tmp_path / "file.jsonl", [redial(messages=said)]))
    assert [mention.role for said in record.utterances for mention in said.mentions] == ["mentioned", "mentioned"]


def test_redial_leaves_an_unlisted_number_as_text_and_says_so(tmp_path: Path) -> None:
    notes: list[str] = []
    path = write_lines(tmp_path / "file.jsonl", [redial(movieMentions={})])
    (record,) = read("redial", path, Options(note=notes.append))
    assert not any(utterance.mentions for utterance in record.utterances)
    assert len(notes) == 3


def test_a_chat_keeps_its_prompt_and_tools_apart(tmp_path: Path) -> None:
    (record,) = read("chat_messages", write_lines(tmp_path / "file.jsonl", [chat()]))
    assert [(one.speaker, one.text) for one in record.utterances] == [
        ("user", "Something calm?"),
        ("system", "The Tall Oven"),
    ]
    assert [(one["before"], one["message"]["role"]) for one in record.metadata["messages_apart"]] == [
        (0, "system"),
        (1, "assistant"),
        (1, "tool"),
    ]
    assert record.utterances[1].metadata["tool_calls"][0]["id"] == "c1"
    assert record.metadata["tools"] == [{"type": "function"}]
    assert record.external_id == "file.jsonl, line 1"


def test_dialoguekit_keeps_intents_and_acts_as_labels(tmp_path: Path) -> None:
    (record,) = read("dialoguekit", write_lines(tmp_path / "file.json", [dialoguekit()]))
    assert [one.labels for one in record.utterances] == [
        {"intent": "WELCOME"},
        {"dialogue_acts": dialoguekit()["conversation"][1]["dialogue_acts"], "satisfaction": 4},
    ]
    assert record.person is not None
    assert (record.person.external_id, record.partner, record.external_id) == ("u7", "MovieBot", "k1")


def test_recllmsim_keeps_labels_translations_and_profile(tmp_path: Path) -> None:
    (record,) = read("recllmsim", write_lines(tmp_path / "file.jsonl", [recllmsim(5)]))
    asked, told = record.utterances
    assert (asked.speaker, asked.labels, asked.translations["zh"]) == ("user", {"intent": "Planning"}, "去海边度周末？")
    assert told.labels == {"hallucination": True, "hallucination_memo": "no such train"}
    assert record.labels["rating"]["Detail Level"] == 2
    assert (record.task, record.scenario) == ("trip planning", "trip planning/3")
    assert record.person is not None
    assert (record.person.kind, record.person.profile_translations["zh"][:5]) == ("simulated", "1.性别：")
    assert record.external_id == "trip planning/3/5"


def test_recllmsim_says_who_assisted_where_a_conversation_knows_it(tmp_path: Path) -> None:
    """The same task and profile with two assistants are two conversations; the release names no assistant."""
    filed = [recllmsim(5, partner="Model A"), recllmsim(5, partner="Model B"), recllmsim(6)]
    records = read("recllmsim", write_lines(tmp_path / "file.jsonl", filed))
    assert [one.partner for one in records] == ["Model A", "Model B", ""]
    assert [one.external_id for one in records][:2] == ["trip planning/3/5/Model A", "trip planning/3/5/Model B"]
    assert "partner" not in written("recllmsim", records)[2]


def test_recllmsim_reads_one_file_a_conversation_in_folders_named_after_tasks(tmp_path: Path) -> None:
    without_task = {key: value for key, value in recllmsim().items() if key != "task"}
    for number in (10, 2):
        file = tmp_path / "release" / "gift finding" / f"{number}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(without_task, indent=1))
    packed = write_zip(
        tmp_path / "release.zip", {"gift finding/10.json": without_task, "gift finding/2.json": without_task}
    )
    for path in (tmp_path / "release", packed):
        records = read("recllmsim", path)
        assert [record.external_id for record in records] == ["gift finding/2.json", "gift finding/10.json"]
        assert {record.task for record in records} == {"gift finding"}
        assert written("recllmsim", records) == [without_task] * 2


@pytest.mark.parametrize(
    ("name", "entry", "words"),
    [
        ("redial", redial(initiatorWorkerId=22), "the same worker, 22"),
        ("redial", redial(messages=[]), "`messages` is empty"),
        ("redial", redial(messages=[{"text": "x", "senderWorkerId": 33}]), "worker 33, neither the initiator (11)"),
        ("redial", redial(messages=[{"senderWorkerId": 11}]), "message 1 has no `text`"),
        ("redial", redial(messages=[{"text": 5, "senderWorkerId": 11}]), "`text` of message 1 is a whole number"),
        ("redial", redial(movieMentions="none"), "`movieMentions` is a text"),
        ("redial", redial(crsapp=1), "the key `crsapp` is reserved"),
        ("recllmsim", recllmsim(history=[]), "`history` is empty"),
        ("recllmsim", recllmsim(history=[{"role": "narrator", "content": "x"}]), "'narrator', neither `user` nor"),
        ("recllmsim", recllmsim(task=5), "`task` of the entry is a whole number, not a text"),
        ("chat_messages", chat(messages=[{"role": "system", "content": "x"}]), "holds no utterance"),
        ("chat_messages", chat(messages=[{"role": "narrator", "content": "x"}]), "is 'narrator'. Known are user"),
        ("chat_messages", chat(messages=[{"role": "user", "content": 5}]), "is a whole number, neither a text nor"),
        ("chat_messages", chat(messages_apart=5), "`messages_apart` is reserved"),
        ("dialoguekit", dialoguekit(conversation=[]), "`conversation` is empty"),
        ("dialoguekit", dialoguekit(conversation=[{"participant": "BOT", "utterance": "x"}]), "is 'BOT', neither"),
        ("jsonl", own(utterances=[]), "no `utterances`"),
        ("jsonl", own(""), "`id` of the entry is empty"),
        ("jsonl", own(utterance=[]), "unknown key `utterance`"),
        ("jsonl", own(schema="crsapp-dialogue/9"), "schema is 'crsapp-dialogue/9'"),
        ("jsonl", own(utterances=[{"speaker": "bot", "text": "x"}]), "is 'bot'. Write user or system"),
        ("jsonl", own(utterances=[{"speaker": "user", "text": "x", "mentions": [{"item": "1"}]}]), "not in `items`"),
        ("jsonl", own(items=[{"id": "1", "title": "A"}], utterances=[
            {"speaker": "user", "text": "x", "mentions": [{"item": "1", "start": 0, "end": 9}]}]), "spans 0 to 9"),
        ("jsonl", own(items=[{"id": "1", "title": "A"}] * 2), "stands twice in `items`"),
        ("jsonl", own(person={"id": "p", "kind": "robot"}), "is 'robot'. Write worker or simulated"),
        ("jsonl", own(metadata={"crsapp": {"x": 1}}), "reserved"),
        ("jsonl", own(situation_translations={"zh": 5}), "`zh` of `situation_translations`"),
    ],
)  # fmt: skip
def test_a_bad_entry_is_named_with_its_line_and_what_is_wrong(
    name: str, entry: dict[str, Any], words: str, tmp_path: Path
) -> None:
    path = write_lines(tmp_path / "file.jsonl", [SAMPLES[name][0], "", entry])
    with pytest.raises(FormatError) as caught:
        read(name, path)
    assert caught.value.place == "line 3"
    assert words in str(caught.value)
    assert caught.value.remedy


def test_reading_goes_on_after_a_reported_problem(tmp_path: Path) -> None:
    problems: list[FormatError] = []
    path = write_lines(tmp_path / "file.jsonl", [own("a"), "{broken", own("b"), "[]", "5", own("c", utterances=[])])
    records = read("jsonl", path, Options(report=problems.append))
    assert [record.external_id for record in records] == ["a", "b"]
    assert [problem.place for problem in problems] == ["line 2", "line 5", "line 6"]
