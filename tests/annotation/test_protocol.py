"""A protocol says everything that was decided before the first answer, and is known by its digest."""

import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation.protocol import (
    BlockSpec,
    FilterSpec,
    PairingSpec,
    Protocol,
    ProtocolError,
    SampleSpec,
    digest,
    from_dict,
    missing,
    parse_protocol,
    to_dict,
    to_toml,
)
from tests.annotation.stories import pairs, protocol_of_blocks, quality

BOTH = protocol_of_blocks(quality(annotators=7, size=10), pairs(annotators=7, size=50), language='"en"')


def problems(toml_text: str) -> str:
    with pytest.raises(ProtocolError) as refused:
        parse_protocol(toml_text)
    return str(refused.value)


def test_a_protocol_survives_json_and_toml_with_its_digest() -> None:
    stored = json.loads(json.dumps(to_dict(BOTH)))
    for again in (from_dict(stored), parse_protocol(to_toml(BOTH))):
        assert again == BOTH
        assert digest(again) == digest(BOTH)


THREE = '["recllmsim-quality", "user-intent", "hallucination"]'


def test_a_frozen_protocol_keeps_its_digest_when_protocols_learn_new_words() -> None:
    assert digest(BOTH) == "9d53ff5fefba74564ab6751c408d1f4ef87df336b6f83bce94153c8d8edf75f9"


def test_a_protocol_with_reasons_spans_and_context_survives_json_and_toml_with_its_digest() -> None:
    asked = protocol_of_blocks(quality().replace('["utterance-quality"]', THREE))
    stored = json.loads(json.dumps(to_dict(asked)))
    for again in (from_dict(stored), parse_protocol(to_toml(asked))):
        assert again == asked
        assert digest(again) == digest(asked)


def test_the_digest_covers_the_words_of_the_instruments() -> None:
    changed = to_dict(BOTH)
    changed["instrument"][0]["criterion"][0]["question"] += "?"
    assert digest(from_dict(changed)) != digest(BOTH)


text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60).map(str.strip)
samples = st.builds(
    SampleSpec,
    st.sampled_from(["north", "south"]),
    st.integers(1, 500),
    st.builds(FilterSpec, st.none() | st.integers(1, 5), st.none() | st.integers(6, 9), text, text),
)
blocks = st.builds(
    BlockSpec,
    text,
    st.just("dialogue"),
    st.just(("utterance-quality",)),
    st.sampled_from(["panel", "overlap"]),
    st.integers(1, 9),
    st.lists(samples, min_size=1, max_size=2, unique_by=lambda sample: sample.dataset).map(tuple),
    st.none(),
    st.booleans(),
    st.sampled_from(["progressive", "whole"]),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(0, 2**53 - 1),
)


@settings(max_examples=60, deadline=None)
@given(st.builds(Protocol, text.filter(bool), st.just("a-b"), st.just("en"), st.integers(0, 99), st.integers(5, 999),
                 text, text, st.lists(blocks, min_size=1, max_size=3).map(tuple), st.just(()), text))  # fmt: skip
def test_any_protocol_survives_toml_and_dicts(protocol: Protocol) -> None:
    read = from_dict(to_dict(protocol), draft=True)
    assert parse_protocol(to_toml(read)) == read
    assert from_dict(to_dict(read)) == read
    assert read.blocks == protocol.blocks


def test_the_toml_is_toml_for_others_too() -> None:
    odd = from_dict({"title": 'Say "a\\b"\t', "guidelines": 'one\n"""two"""\n\\n\x7f'}, draft=True)
    read = tomllib.loads(to_toml(odd))
    assert (read["title"], read["guidelines"]) == (odd.title, odd.guidelines)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("title = 'a'\nseed = -1", "`seed` is -1; it should be from 0"),
        ("title = 'a'\nseed = true", "`seed` is “True”; it should be a whole number"),
        ("title = 'a'\nlease_minutes = 1", "`lease_minutes` is 1; it should be from 5"),
        ("titel = 'a'", "did you mean `title`"),
        ("title = 'a'", "no block yet"),
        ("title = 'a'\nblock = 3", "`block` is “3”; it should be a list of tables"),
        ("title = 'a'\nblock = [3]", "block 1: should be a table"),
        ("title = 'a'\nslug = 'Ä b'", "small letters, digits and single hyphens"),
        ("title = '" + "a" * 201 + "'", "at most 200 are allowed"),
        ('title = "a\\u0000"', "cannot be stored (NUL"),
        ("title = 'a'\n" + quality().replace("panel", "pannel"), "block 1: `design` is “pannel”"),
        ("title = 'a'\n" + quality(size=0), "block 1, sample 1: `size` is 0"),
        ("title = 'a'\n" + quality(size=10**9), "block 1, sample 1: `size` is 1,000,000,000"),
        ("title = 'a'\n" + quality(annotators=10**6), "`annotators` is 1,000,000"),
        ("title = 'a'\n" + quality(annotators=200, size=100_000), "more than the 1,000,000"),
        ("title = 'a'\n" + quality().replace("south", "north"), "“north” is sampled twice"),
        ("title = 'a'\n" + quality().replace("utterance-quality", "nonsense"), "there is no instrument “nonsense”"),
        ("title = 'a'\n" + quality().replace("utterance-quality", "overall-preference"), "of a pair, but the block"),
        (
            "title = 'a'\n" + pairs(size=4).replace("size = 4\n[block.pairing]", "size = 3\n[block.pairing]"),
            "sample has 3",
        ),
        ("title = 'a'\n" + pairs().replace('"random"', '"matched"'), "matched pairs need one of scenario"),
        ("title = 'a'\n" + pairs().replace('"random"', '"random"\nkey = "task"'), "random pairs have no `key`"),
        ("title = 'a'\n" + quality() + "[block.pairing]\nsize = 3", "has no meaning; remove it"),
        ("title = 'a'\n" + quality() + "[[block]]\nname = 'b'", "block 2: it shows nothing"),
        ("title = 'a'\n" + quality() * 21, "there are 21 `block`; at most 20"),
        ("title = 'a'\n" + quality() + "[[instrument]]\nslug = 'x'\ntitle = 'X'", "instrument 1: it asks nothing"),
        (
            "title = 'a'\n" + quality() + "filter = { min_turns = 9, max_turns = 3 }",
            "block 1, sample 2, filter: `min_turns` (9) is more than `max_turns` (3)",
        ),
        ("title = 'a'\n" + quality() + "filter = { min_turn = 9 }", "did you mean `min_turns`"),
        ("[" * 5_000, "This is not TOML"),
        ("x" * 3_000_000, "more than 2,000,000 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(broken: str, words: str) -> None:
    assert words in problems(broken)


def test_a_draft_may_lack_parts_and_says_which() -> None:
    draft = from_dict({"title": "", "block": [{"name": "Quality"}]}, draft=True)
    assert [line.split(";")[0] for line in missing(draft)] == [
        "`title` is missing",
        "block 1: it asks nothing",
        "block 1: it shows nothing",
    ]


def test_pairs_take_the_size_of_the_smaller_sample_when_none_is_given() -> None:
    text = pairs(size=4).split("[block.pairing]")[0]
    assert protocol_of_blocks(text).blocks[0].pairing == PairingSpec("random", "", 4)


def test_seats_are_those_of_the_largest_panel() -> None:
    assert protocol_of_blocks(quality(annotators=3), pairs(annotators=5)).seats == 5
    assert protocol_of_blocks(quality(design="overlap", annotators=3)).seats == 0


def test_keys_that_came_later_leave_the_digests_of_earlier_studies_alone() -> None:
    """What a study without them is frozen as names neither."""
    assert not {"deadline", "leaves_out"} & to_dict(BOTH).keys()
    said = protocol_of_blocks(quality(), deadline='"2026-12-01"', leaves_out='["the-pilot"]')
    assert to_dict(said)["leaves_out"] == ["the-pilot"]
    assert parse_protocol(to_toml(said)) == said


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-12-01", "2026-12-02T00:00:00+00:00"),
        ('"2026-12-01"', "2026-12-02T00:00:00+00:00"),
        ("2026-12-01T18:00:00+01:00", "2026-12-01T18:00:00+01:00"),
        ('"2026-12-01T18:00Z"', "2026-12-01T18:00:00+00:00"),
    ],
)
def test_a_deadline_is_a_day_or_a_moment(written: str, meant: str) -> None:
    ends = protocol_of_blocks(quality(), deadline=written).ends
    assert ends is not None
    assert ends.isoformat() == meant


@pytest.mark.parametrize("written", ['"tomorrow"', "2026-12-01T18:00:00", "18:00:00", "7", '"9999-12-31"', "[]"])
def test_another_deadline_is_refused_in_words(written: str) -> None:
    assert "`deadline` is" in problems(f"title = 'T'\ndeadline = {written}\n{quality()}")


def test_a_study_cannot_leave_itself_out() -> None:
    text = f"title = 'T'\nleaves_out = ['t', 'No Slug']\n{quality()}"
    assert "names the study itself" in problems(text)
    assert "“No Slug”" in problems(text)
