"""What is shown looks alike for every dataset, and is known by its digest."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.beside import Beside, beside_shown, words_of
from annotation.exhibits import Message, content, content_digest, offered_languages, unit_digest
from annotation.tidying import tidy

SPLIT = [
    Message(0, "user", "Good evening!", {"zh": "晚上好！"}),
    Message(1, "user", "Any  films like @12?", {"zh": "有类似的电影吗？"}, [(16, 19, "The Long  Walk")]),
    Message(2, "system", "Sure:\r\n\r\n\r\n- *Heat*"),
]


def test_neighbouring_messages_of_one_speaker_are_one_turn_joined_by_one_space() -> None:
    turns = content(SPLIT, merge=True)["turns"]
    assert [(turn["speaker"], turn["indices"]) for turn in turns] == [("user", [0, 1]), ("system", [2])]
    assert turns[0]["text"] == "Good evening! Any films like The Long Walk?"
    assert turns[0]["translations"] == {"zh": "晚上好！ 有类似的电影吗？"}
    assert turns[1]["text"] == "Sure:\n\n- *Heat*"


def test_unmerged_messages_stay_turns_of_their_own() -> None:
    turns = content(SPLIT, merge=False)["turns"]
    assert [turn["indices"] for turn in turns] == [[0], [1], [2]]


def test_a_language_is_shown_where_every_merged_message_has_it() -> None:
    messages = [Message(0, "user", "Hi", {"zh": "嗨"}), Message(1, "user", "there")]
    assert content(messages, merge=True)["turns"][0]["translations"] == {}


def test_the_order_is_that_of_the_indices_whatever_the_order_of_the_rows() -> None:
    assert content(reversed(SPLIT), merge=True) == content(SPLIT, merge=True)


def test_an_empty_message_adds_nothing_but_is_still_accounted_for() -> None:
    turn = content([Message(0, "user", " \u200b"), Message(1, "user", "Hi")], merge=True)["turns"][0]
    assert (turn["text"], turn["indices"]) == ("Hi", [0, 1])


@pytest.mark.parametrize(
    ("filed", "shown"),
    [
        ("a\u00a0 b", "a b"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00\x07b", "ab"),
        ("cafe\u0301", "café"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("- a\n  - b", "- a\n  - b"),
        ("\ud800x", "x"),
    ],
)
def test_white_space_and_invisible_characters_are_the_same_everywhere(filed: str, shown: str) -> None:
    assert tidy(filed) == shown


@given(st.text())
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


def test_the_digest_is_of_what_is_shown() -> None:
    shown = content(SPLIT, merge=True)
    assert content_digest(shown) == content_digest(content(SPLIT, merge=True))
    assert content_digest(shown) != content_digest(content(SPLIT, merge=False))
    assert unit_digest("a", "b") != unit_digest("b", "a")


def test_what_is_shown_beside_is_part_of_the_digest_and_only_what_is_asked_for() -> None:
    beside = Beside("Find  a film.", {"zh": "找电影"}, "1. Age: 40", {}, [("Heat  (1995)", "like"), ("Alien", "?")])
    plain = content(SPLIT, merge=True, beside=beside)
    assert plain == content(SPLIT, merge=True), "without being asked for nothing is shown, and no digest changes"
    assert set(plain) == {"turns"}
    shown = content(SPLIT, merge=True, beside=beside, context=("task", "history"))
    assert shown["context"] == {
        "task": {"text": "Find a film.", "translations": {"zh": "找电影"}},
        "history": {"items": [{"title": "Heat (1995)", "verdict": "like"}, {"title": "Alien", "verdict": ""}]},
    }
    assert content_digest(shown) != content_digest(plain)
    assert content_digest(shown) != content_digest(content(SPLIT, merge=True, context=("task", "history")))


def test_a_part_of_which_a_dialogue_has_nothing_is_there_and_empty() -> None:
    assert content(SPLIT, merge=True, context=("profile",))["context"] == {"profile": {"text": "", "translations": {}}}


@settings(deadline=None, max_examples=50)
@given(
    st.text(max_size=80),
    st.lists(max_size=20, elements=st.tuples(st.text(), st.sampled_from(["like", "dislike", "", "7"]))),
)
def test_what_is_shown_beside_is_bounded_whatever_the_files_say(text: str, history: list[tuple[str, str]]) -> None:
    beside = Beside(text * 200, {"zh": text}, text, {}, [(title * 20, verdict) for title, verdict in history * 9])
    shown = beside_shown(beside, ("task", "profile", "history"))
    assert len(words_of(shown["task"])) <= 8_000
    assert len(shown["history"]["items"]) <= 100
    assert all(len(item["title"]) <= 200 and "\n" not in item["title"] for item in shown["history"]["items"])
    assert {item["verdict"] for item in shown["history"]["items"]} <= {"like", "dislike", ""}


def test_a_language_is_offered_only_where_the_texts_beside_have_it_too() -> None:
    """Else pressing the key would change the profile of one dataset's dialogues and leave the other's as it is."""

    def shown(profile: dict[str, str]) -> dict[str, Any]:
        turns = [{"text": "Hi", "translations": {"zh": "你好", "de": "Hallo"}}]
        return {"turns": turns, "context": {"profile": {"text": "Age: 40", "translations": profile}}}

    assert offered_languages([shown({"zh": "年龄", "de": "Alter"}), shown({"zh": "年龄"})]) == ["zh"]
    nothing_beside = {"turns": shown({})["turns"], "context": {"profile": {"text": "", "translations": {}}}}
    history = {"turns": shown({})["turns"], "context": {"history": {"items": [{"title": "Heat"}]}}}
    assert offered_languages([nothing_beside, history]) == ["de", "zh"]
