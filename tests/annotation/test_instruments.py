"""An instrument is one TOML file; what is wrong with it is said in words, all of it at once."""

import re

import pytest

from annotation.instruments import InstrumentError, from_dict, parse, shipped, to_dict

CRITERION = """
[[criterion]]
key = "{key}"
title = "Fluency"
question = "Is it fluent?"
target = "{target}"
scale = "{scale}"
"""
OPTION = """
[[criterion.option]]
value = {value}
key = "{key}"
label = "{value}"
"""


def text(*options: tuple[int, str], key: str = "fluency", target: str = "utterance", scale: str = "ordinal") -> str:
    head = 'slug = "mine"\ntitle = "Mine"\n'
    tables = "".join(OPTION.format(value=value, key=key) for value, key in options)
    return head + CRITERION.format(key=key, target=target, scale=scale) + tables


def problems(toml_text: str) -> str:
    with pytest.raises(InstrumentError) as refused:
        parse(toml_text)
    return str(refused.value)


def test_the_two_shipped_instruments_ask_what_the_paper_asked() -> None:
    quality, preference = shipped()["utterance-quality"], shipped()["overall-preference"]
    assert [criterion.key for criterion in quality.criteria] == [
        "fluency",
        "informativeness",
        "logicality",
        "coherence",
    ]
    for criterion in quality.criteria:
        assert (criterion.target, criterion.scale, criterion.reason) == ("utterance", "ordinal", "optional")
        assert criterion.first
        assert criterion.speakers == ("user", "system")
        assert [(option.value, option.key) for option in criterion.options] == [(0, "0"), (1, "1"), (2, "2")]
        assert all(option.anchor for option in criterion.options)
    assert [option.value for option in preference.criteria[0].choices(ties=False)] == [1, 2]
    assert [option.value for option in preference.criteria[0].choices(ties=True)] == [1, 2, 0]


def test_every_shipped_instrument_survives_the_way_into_a_protocol_and_back() -> None:
    for instrument in shipped().values():
        again = from_dict(to_dict(instrument))
        assert again == instrument
        assert again.digest == instrument.digest


def test_the_digest_changes_with_any_word() -> None:
    changed = to_dict(shipped()["utterance-quality"])
    changed["criterion"][0]["option"][0]["anchor"] += "."
    assert from_dict(changed).digest != shipped()["utterance-quality"].digest


@pytest.mark.parametrize("key", ["n", "u", "l", "g", "r", "?"])
def test_keys_that_mean_something_else_are_refused(key: str) -> None:
    assert "is reserved for" in problems(text((0, key), (1, "1")))


@pytest.mark.parametrize("key", ["ArrowUp", "Enter", " ", "A", "12", ""])
def test_a_key_is_one_digit_or_small_letter(key: str) -> None:
    assert "one digit or small letter" in problems(text((0, key), (1, "1")))


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (text((0, "0"), (1, "0")), "option key “0” stands there twice"),
        (text((0, "0"), (0, "1")), "option value “0” stands there twice"),
        (text((1, "1"), (0, "0")), "in the order of their values"),
        (text((0, "0")), "needs at least two options; there is 1"),
        (text((0, "0"), (1, "1")).replace("title", "titel", 1), "`titel` is not known; did you mean `title`?"),
        (text((0, "0"), (1, "1"), target="pair"), "`scale` and `target` differ"),
        (text((1, "1"), (3, "3"), target="pair", scale="preference"), "a preference has the options 1"),
        (text((0, "0"), (2, "2"), scale="binary"), "exactly the two options 0 and 1"),
        (text((0, "0"), scale="text"), "takes no options"),
        (text((0, "0"), (1, "1"), scale="likert"), "one of ordinal, binary"),
        (text((0, "0"), (1, "1"), key="Fluency!"), "small letters, digits and single hyphens"),
        (text((0, "0"), (1, "1")) + CRITERION.format(key="fluency", target="utterance", scale="text"), "criterion key"),
        ('slug = "mine"\ntitle = "Mine"', "it asks nothing"),
        ("slug = 3\ntitle = true", "`slug` is “3”; it should be a text"),
        ("slug = [", "This is not TOML"),
        ("x" * 300_000, "more than 200,000 characters"),
        ("version = 1" + "0" * 5_000, "This is not TOML"),
        (text((0, "0"), (1, "1")).replace("value = 1", "value = 0x" + "f" * 5_000), "it should be from"),
        ("title = [0x" + "f" * 5_000 + "]", "`title` is “a huge number”; it should be a text"),
        ("a = " + "[" * 5_000, "This is not TOML"),
    ],
)
def test_what_is_wrong_is_said_in_words(broken: str, words: str) -> None:
    assert words in problems(broken)


def test_what_no_database_keeps_is_refused() -> None:
    halved = to_dict(shipped()["overall-preference"])
    halved["title"] = "half \ud83d"
    with pytest.raises(InstrumentError, match="`title` contains a character that cannot be stored"):
        from_dict(halved)
    assert "cannot be stored" in problems(text((0, "0"), (1, "1")).replace("Mine", "M\\u0000ine"))


def test_all_problems_are_named_at_once_each_with_its_place() -> None:
    found = problems(text((0, "n"), (5000, "1")).replace('question = "Is it fluent?"', "")).splitlines()
    assert len(found) == 3
    assert all(re.match(r"criterion 1 \(fluency\)", problem) for problem in found)
