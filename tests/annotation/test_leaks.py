"""Whatever would tell an annotator where a dialogue is from is found before the study opens."""

from dataclasses import replace

import pytest

from annotation.leaks import Look, differences, leaks


def look(dataset: str, *texts: str, name: str = "7") -> Look:
    turns = [{"speaker": "system" if n % 2 else "user", "text": text} for n, text in enumerate(texts)]
    return Look(dataset, name, turns)


def with_profile(dataset: str, *profiles: str) -> list[Look]:
    """One dialogue of the same words for each profile, and the profile beside it."""
    return [replace(look(dataset, "Any films?", "Heat."), beside={"profile": profile}) for profile in profiles]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Welcome to ReDial.", "names a dataset or system (“ReDial”): “7”"),
        ("I am Parrot-2, hello.", "names a dataset or system (“Parrot-2”): “7”"),
        ("As an AI language model I cannot.", "speaks of itself as a model (“As an AI”): “7”"),
        ("Ask ChatGPT!", "speaks of itself as a model"),
        ("You may like @84021.", "an item's number instead of its title (“@84021”)"),
        ("See https://example.org/x.", "contains an address"),
        ("**Agent:** hello", "begins a turn with a speaker's name"),
        ("", "has a turn without any text"),
    ],
)
def test_what_gives_a_dialogue_away_is_named_with_the_dialogue(text: str, words: str) -> None:
    found = leaks([look("ReDial", "Hi", text)], ["ReDial", "Parrot-2", ""])
    assert any(words in warning.text for warning in found)
    assert all(warning.dataset == "ReDial" and warning.word in text for warning in found)


def test_ordinary_dialogues_are_left_in_peace() -> None:
    plain = [look("one", "Any films?", "Heat is good."), look("two", "Any books?", "Emma is fine.")]
    assert leaks(plain, ["one collection", "two collection", "me"]) == []


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        (["Likes films."] * 4, [""] * 4, "shown for 4 of 4 dialogues of “one”, for 0 of 4 dialogues of “two”"),
        (["Likes films."] * 4, ["Likes films.", "", "", ""], "for 1 of 4 dialogues of “two”: whoever misses it knows"),
        ([""], [""], "A profile is to be shown beside the dialogues, but none of them has one."),
        (["Likes films."], ["Likes films. " * 9], "in words a profile shown beside the dialogue: 18.0 in “two”, 2.0"),
        (["A ReDial worker."], ["A film lover."], "shows a profile that names a dataset or model (“ReDial”)."),
        (["Asks an LLM."], ["Asks a person."], "1 of “one” shows a profile that names a dataset or model (“LLM”)."),
    ],
)  # fmt: skip
def test_what_is_shown_beside_a_dialogue_can_give_it_away_too(one: list[str], two: list[str], words: str) -> None:
    found = leaks([*with_profile("one", *one), *with_profile("two", *two)], ["ReDial"])
    assert any(words in warning.text for warning in found), found


def test_profiles_alike_are_left_in_peace() -> None:
    assert leaks([*with_profile("one", *["A b."] * 9, ""), *with_profile("two", *["C d."] * 9, "")], []) == []


def test_long_lists_of_dialogues_are_cut_short() -> None:
    looks = [look("one", "www.example.org", name=str(n)) for n in range(9)]
    assert "9 of “one” contain an address (“www.e”): “0”, “1”, “2” …." in [one.text for one in leaks(looks, [])]


def test_datasets_that_look_different_are_noticed() -> None:
    terse = look("terse", "Hi", "Heat.")
    wordy = look("wordy", "Hi", "- **Heat**, which is long\n- *Ronin*", "More", "Certainly, here are some more of them")
    found = differences([terse, wordy])
    assert any("turns a dialogue: 4.0 in “wordy”, 2.0 in “terse”" in warning for warning in found)
    assert any("words a turn" in warning for warning in found)
    assert any("Markdown" in warning for warning in found)
    assert differences([terse, terse]) == []
