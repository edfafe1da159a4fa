"""Phrases found in answers and texts, synonyms suggested, counts, and words placed. No database."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.llm.listing import listed
from generation.llm.prompts import get_prompt
from generation.preferences.cloud import as_file, laid_out, width_of
from generation.preferences.counting import Shown, counted
from generation.preferences.phrases import AnswerError, comparable, entry_of, read_answer, said_in
from generation.preferences.synonyms import numbered, read_groups, suggested


@pytest.mark.parametrize(
    "answer",
    ["I think they like films.", "[", '{"phrase": "calm"}', '[{"phrase": "calm films", "utterance": 2}]', "[7, null]"],
)
def test_an_answer_without_a_list_of_phrases_is_refused(answer: str) -> None:
    with pytest.raises(AnswerError):
        read_answer(answer, [1, 3])


def test_an_empty_list_says_that_no_preference_was_shown() -> None:
    assert read_answer("[]", [1]) == []


def test_phrases_are_kept_once_at_most_five_and_none_that_is_a_sentence() -> None:
    said = [{"phrase": f"thing {n}", "utterance": 1} for n in range(9)]
    said[1:1] = [{"phrase": " Thing  0. ", "utterance": 3}, {"phrase": "a b c d e f g", "utterance": 1}]
    found = read_answer(f"Here you are:\n```json\n{json.dumps(said)}\n```", [1, 3])
    assert [one.words for one in found] == [f"thing {n}" for n in range(5)]


def test_a_phrase_is_placed_where_its_words_were_said() -> None:
    messages = [(1, "I need a plan."), (3, "Somewhere with street food, please"), (5, "More street food!")]
    assert said_in("Street foods", messages) == 3
    assert said_in("eager", messages) is None


def test_only_forms_orders_and_slips_of_the_same_words_are_suggested() -> None:
    counts = {"booking assistance": 3, "cooking assistance": 2, "art gallery": 2, "art galleries": 1, "python 2": 1}
    counts |= {"python 3": 1, "personalised gifts": 2, "personalized gift": 1}
    groups = [set(group.phrases) for group in suggested(counts)]
    assert groups == [{"art gallery", "art galleries"}, {"personalised gifts", "personalized gift"}]


@settings(deadline=None)
@given(st.dictionaries(st.text("abcdef s", min_size=1, max_size=14).map(comparable).filter(bool), st.integers(1, 9)))
def test_a_phrase_stands_in_one_suggestion_at_most(counts: dict[str, int]) -> None:
    members = [phrase for group in suggested(counts) for phrase in group.phrases]
    assert len(members) == len(set(members))
    assert set(members) <= set(counts)


def test_a_models_groups_hold_only_what_was_asked_about_each_once() -> None:
    answer = '[{"name": "Budget", "phrases": [1, 2, 9]}, {"phrases": ["small budget", "tea"]}, {"phrases": 3}]'
    groups = read_groups(answer, ["low budget", "small budget", "tea"])
    assert groups == [("budget", ("low budget", "small budget"))]
    with pytest.raises(AnswerError):
        read_groups("[[1, 2]]", ["a", "b"])


def test_a_dialogue_counts_once_also_where_profile_and_talk_agree() -> None:
    shown = [Shown(1, "tea"), Shown(1, "tea", True), Shown(1, "green tea"), Shown(2, "tea", True)]
    table = counted("recipes", 5, shown, {"tea": "tea", "green tea": "tea"})
    assert [(row.name, row.dialogues, row.by_profile, row.phrases) for row in table.rows] == [
        ("tea", 2, 1, ("tea", "green tea"))
    ]


def test_only_travel_and_recipes_take_from_the_profile() -> None:
    tasks = ("travel planning", "new travel planning", "recipe planning", "preparing gifts", "skills learning planning")
    assert [entry_of(task) for task in tasks] == ["travel", "travel", "dining", "", ""]


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.text("abcmwil 中好", min_size=1, max_size=18), st.integers(1, 300)), max_size=40))
def test_no_word_of_a_cloud_stands_over_another_or_outside(weighted: list[tuple[str, int]]) -> None:
    ordered = tuple(sorted(weighted, key=lambda one: -one[1]))
    cloud = laid_out(ordered, width=600, height=300, smallest=12, largest=48)
    assert len(cloud.words) + cloud.left_out == len(ordered)
    boxes = [(w.x - w.width / 2, w.y - 0.9 * w.size, w.x + w.width / 2, w.y + 0.25 * w.size) for w in cloud.words]
    for number, one in enumerate(boxes):
        assert one[0] >= -1
        assert one[1] >= -1
        assert one[2] <= 601
        assert one[3] <= 301
        for other in boxes[:number]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    heavier = [word.size for word in cloud.words]
    assert heavier == sorted(heavier, reverse=True) or any(width_of(w.text, 48) > 540 for w in cloud.words)


def test_a_hostile_phrase_is_escaped_in_the_file() -> None:
    cloud = laid_out((("<script>alert(1)</script>", 3),), width=800, height=200, smallest=12, largest=30)
    assert "<script>" not in as_file(cloud, "</title><script>")


def test_the_scripted_reader_answers_through_the_same_prompts() -> None:
    talk = "[1] User: I love quiet hotels. I want vegan food.\n\n[2] Assistant: I like cars.\n\n[3] User: Thanks!"
    rendered = get_prompt("preferences").render(most=5, dialogue=talk)
    found = read_answer(listed(rendered.messages[-1].content), [1, 3])
    assert [(one.words, one.utterance) for one in found] == [("quiet hotels", 1), ("vegan food", 1)]
    phrases = ["tea", "art gallery", "art galleries"]
    rendered = get_prompt("synonyms").render(n=3, phrases=numbered(phrases))
    assert read_groups(listed(rendered.messages[-1].content), phrases)[0].phrases == ("art galleries", "art gallery")
