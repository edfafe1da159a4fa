"""Q1–Q7 and Q9: each finds its fault where it is, and none of them anything in a conversation as it should be."""

import gzip
import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.checks.conversation import Talk
from generation.checks.language import other_language
from generation.checks.parsing import Said
from generation.checks.phrases import languages_with_phrases, phrases_in
from generation.checks.table import CONVERSATION_FILTERS, FILTERS, check_conversation, unjudged
from generation.records import SPEAKERS

GOOD = (
    "Hello! I want to plan a trip this summer. Where would you begin?",
    "Gladly! Three ideas:\n\n1. **A lake**: quiet, easy to reach.\n2. **A city**: for its museums.\n3. Both.",
    "I like the second one. What would it cost? I have been to:\n1. Rome\n2. Paris\n3. my aunt's",
    "About 400 for three days. If you have any more questions, feel free to ask me. I cannot book it, but I can "
    "list the hotels.",
)

GOOD_CHINESE = (
    "您好！我想安排一次夏天的旅行，您建议从哪里开始？",
    "好的！给您三个想法：\n\n1. **湖边**：安静，也容易到。\n2. **老城**：博物馆多。\n3. 两样都要。",
    "第二个不错，大概要多少钱？我去过：\n1. 西安\n2. 苏州\n3. 我姑姑家",
    "三天四百元左右。如果您还有其他问题，请随时告诉我。我不能替您预订，但我可以列出酒店。",
)
"""What an assistant may say (“feel free to tell me”) is no fault of it; a user who says it has swapped the roles."""


def codes(*texts: str, ended: bool = True, language: str = "en", first: int = 0) -> set[str]:
    said = [Said(SPEAKERS[(place + first) % 2], text) for place, text in enumerate(texts)]
    found = check_conversation(Talk(said, ended, 10, language, ("Ask for concrete choices rather than long lists.",)))
    return {one.code for one in found}


def test_nothing_is_found_in_a_conversation_as_it_should_be() -> None:
    assert not codes(*GOOD)


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("Q2", ("How can I assist you today?", GOOD[1])),
        ("Q2", (GOOD[0], GOOD[1], "Here is the plan.\n1. Take the train.\n2. See the lake.\n3. Go home.", GOOD[3])),
        ("Q2", (GOOD[0], GOOD[1], "As an AI language model, this is hard.", GOOD[3])),
        ("Q2", ("Assistant: Of course, with pleasure!", GOOD[1])),
        ("Q3", (GOOD[0], "User: I would rather go by ship.")),
        ("Q3", (GOOD[0], "I want you to suggest some places where it is quiet.")),
        ("Q5", (GOOD[0], GOOD[1], "Good.\n[System] When everything you came for is settled, answer", GOOD[3])),
        ("Q5", (GOOD[0], GOOD[1], "Ask for concrete choices rather than long lists. Yes.", GOOD[3])),
        ("Q6", (GOOD[0], "Das ist nicht so einfach, aber ich habe auch noch eine Idee für Sie.")),
        ("Q6", (GOOD[0], "我想去西安旅行，请帮我安排行程和住宿。")),
        ("Q7", (GOOD[0], "…")),
        ("Q7", (GOOD[0], "I'm sorry, but I can't assist with that request.")),
        ("Q7", (GOOD[0], "Error: 429 Too Many Requests")),
        ("Q7", (GOOD[0], '{"error": {"message": "The server had an error"}}')),
        ("Q9", (GOOD[0], GOOD[1], GOOD[0], GOOD[3])),
    ],
)
def test_each_finds_its_own_fault_and_no_other(code: str, texts: tuple[str, ...]) -> None:
    assert codes(*texts) == {code}


def test_nothing_is_found_in_a_chinese_conversation_as_it_should_be() -> None:
    assert not codes(*GOOD_CHINESE, language="zh")


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("Q2", ("请问有什么可以帮您？", GOOD_CHINESE[1])),
        ("Q2", (GOOD_CHINESE[0], GOOD_CHINESE[1], "不客气！如果您还有其他问题，请随时告诉我。", GOOD_CHINESE[3])),
        ("Q2", (GOOD_CHINESE[0], GOOD_CHINESE[1], "安排如下：\n1、坐火车去。\n2、看湖。\n3、回家。", GOOD_CHINESE[3])),
        ("Q2", (GOOD_CHINESE[0], GOOD_CHINESE[1], "作为一个人工智能助手，这很难说。", GOOD_CHINESE[3])),
        ("Q2", ("助手：好的，没问题！", GOOD_CHINESE[1])),
        ("Q3", (GOOD_CHINESE[0], "用户：我更想坐船。")),
        ("Q3", (GOOD_CHINESE[0], "谢谢您的建议！您能给我推荐几个安静的地方吗？")),
        ("Q5", (GOOD_CHINESE[0], GOOD_CHINESE[1], "好的。\n【系统】不客气！", GOOD_CHINESE[3])),
        ("Q6", (GOOD_CHINESE[0], "Of course! There are many places that you could see there.")),
        ("Q7", (GOOD_CHINESE[0], "……")),
        ("Q7", (GOOD_CHINESE[0], "很抱歉，我无法提供您要求的信息。")),
        ("Q7", (GOOD_CHINESE[0], "系统繁忙，请稍后再试。")),
        ("Q7", (GOOD_CHINESE[0], "错误代码：503")),
        ("Q9", (GOOD_CHINESE[0], GOOD_CHINESE[1], GOOD_CHINESE[0], GOOD_CHINESE[3])),
    ],
)
def test_each_finds_its_own_fault_in_chinese_and_no_other(code: str, texts: tuple[str, ...]) -> None:
    assert codes(*texts, language="zh") == {code}


@pytest.mark.parametrize(
    "text",
    [
        "作为一名人工智能工程师，我平时很少旅行。",
        "如果还有问题，我会随时联系您。谢谢您的帮助！",
        "我是一名虚拟现实设计师，想学法语。",
        "好的。",
        "您能帮我推荐几家安静的餐馆吗？",
    ],
)
def test_what_a_chinese_user_may_well_say_is_no_swap(text: str) -> None:
    assert not codes(GOOD_CHINESE[0], GOOD_CHINESE[1], text, GOOD_CHINESE[3], language="zh")


def test_a_language_without_phrases_is_said_to_be_unjudged() -> None:
    assert languages_with_phrases() == {"en", "zh"}
    assert {code: unjudged(CONVERSATION_FILTERS, code) for code in ("en-GB", "zh", "de", "tlh", "zh-TW")} == {
        "en-GB": [],
        "zh": [],
        "de": ["Q2", "Q3", "Q7"],
        "tlh": ["Q2", "Q3", "Q6", "Q7"],
        "zh-TW": ["Q2", "Q3", "Q7"],
    }
    assert unjudged(FILTERS, "zh") == ["A4", "A5"]


def test_what_machines_say_is_found_in_every_language() -> None:
    good = ("Hallo!", "Guten Tag, gern. Haben Sie schon eine Idee?")
    assert not codes(*good, "1. Rom\n2. Paris\n3. Wien", "Gut.", language="de"), "whose plan that is, nobody knows"
    for code, text in (("Q3", "User: Etwas billiger, bitte."), ("Q7", "Error: 429 Too Many Requests")):
        assert codes(*good, "Was noch?", text, language="de") == {code}


@pytest.mark.parametrize("language", sorted(languages_with_phrases()))
def test_every_language_has_the_lists_that_filters_look_for(language: str) -> None:
    lists = ("offers_help", "speaks_as_user", "steps", "of_oneself", "refusals", "goes_on")
    assert all(phrases_in(language).knows(one) for one in lists)


PIECES = (
    "你",
    "您能",
    "我随时",
    "作为一个",
    "如果您还有任何问题",
    "1. ",
    "\n1、",
    "谢谢您的建议",
    "但是",
    "抱歉，我",
    "as an ",
)


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_the_same_thing_for_ever_is_judged_in_time(piece: str) -> None:
    text = piece * (150_000 // len(piece))
    begun = time.process_time()
    for language in ("en", "zh"):
        codes(text, text, language=language)
    assert time.process_time() - begun < 8, "what grows with the square of the text would take minutes"


@pytest.mark.shared_data
def test_of_the_published_conversations_in_chinese_few_are_rejected(shared_data: Path) -> None:
    """Each of the 78 was looked at: they are as they should be found, but for one that lists what it wants to know."""
    found: Counter[str] = Counter()
    rejected = 0
    for line in gzip.decompress((shared_data / "recllmsim" / "conversations.jsonl.gz").read_bytes()).splitlines():
        history = json.loads(line)["history"]
        said = [Said("user" if one["role"] == "user" else "system", one["content_zh"]) for one in history]
        of_it = {one.code for one in check_conversation(Talk(said, True, 10, "zh"))}
        found.update(of_it)
        rejected += any(CONVERSATION_FILTERS[code].rejects for code in of_it)
    assert found == {"Q2": 52, "Q4": 7, "Q5": 49, "Q7": 2}
    assert rejected == 78


def test_what_the_user_did_not_end_is_only_remarked() -> None:
    assert codes(*GOOD, ended=False) == {"Q1"}
    assert not CONVERSATION_FILTERS["Q1"].rejects


@pytest.mark.parametrize("texts", [(), GOOD[:1]])
def test_one_side_alone_is_no_conversation(texts: tuple[str, ...]) -> None:
    assert codes(*texts) == {"Q4"}


def test_speakers_take_turns_the_user_first() -> None:
    assert "Q4" in codes(GOOD[1], GOOD[2], first=1)


def test_what_was_found_says_where_it_is() -> None:
    said = [Said("user", "Hello!"), Said("system", "Yes?\nUser: I want more.")]
    [found] = check_conversation(Talk(said, True, 10, "en"))
    assert (found.utterance, found.span and said[1].text[slice(*found.span)]) == (1, "User:")


def test_a_reason_quotes_what_was_said_as_it_was_written() -> None:
    said = [Said("user", "Hello!"), Said("system", "I'm SORRY, but I can't assist with that.")]
    [found] = check_conversation(Talk(said, True, 10, "en"))
    assert "I'm SORRY, but I can't" in found.reason


@pytest.mark.parametrize("language", sorted(languages_with_phrases()))
def test_phrases_are_in_small_letters_as_is_what_they_are_looked_for_in(language: str) -> None:
    for name, pattern in phrases_in(language).patterns.items():
        capitals = re.findall(r"(?<!\\)[A-Z]", pattern.pattern)
        assert not capitals, f"{name} of {language} has {capitals}"


@pytest.mark.parametrize(
    ("text", "code", "fits"),
    [
        ("Let us see what there is at https://example.org/une-belle-page and in the museum of art.", "en", True),
        ("Merci, c'est parfait !", "en", True),
        ("Je voudrais aussi une chambre avec vue pour nous, mais pas dans cette rue.", "fr", True),
        ("Je voudrais aussi une chambre avec vue pour nous, mais pas dans cette rue.", "en", False),
        ("当然！Coursera: “Python for Everybody” 是一门很好的课程。", "zh", True),
        ("Of course! There are many courses that you could begin with.", "zh", False),
        ("whatever", "xx", True),
    ],
)
def test_languages_are_told_apart(text: str, code: str, fits: bool) -> None:
    assert (other_language(text, code) == "") is fits


@given(st.lists(st.text(max_size=400), max_size=6), st.sampled_from(["en", "zh", "xx"]))
def test_no_text_is_too_strange(texts: list[str], language: str) -> None:
    codes(*texts, language=language)
