"""docs/protocol.md is held to what the reader of protocols takes."""

import re
from pathlib import Path

from annotation.instruments import parse
from annotation.protocol import parse_protocol

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
PROTOCOL, INSTRUMENT = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_protocol_on_the_page_is_one() -> None:
    protocol = parse_protocol(PROTOCOL)
    assert [block.units for block in protocol.blocks] == [20, 50]
    assert protocol.seats == 7


def test_the_instrument_on_the_page_is_one_and_can_stand_in_a_protocol() -> None:
    assert parse(INSTRUMENT).slug == "politeness"
    inside = INSTRUMENT.replace("[[criterion", "[[instrument.criterion")
    block = PROTOCOL.replace('["utterance-quality"]', '["politeness"]')
    protocol = parse_protocol(f"{block}\n[[instrument]]\n{inside}")
    assert [instrument.slug for instrument in protocol.instruments] == ["politeness", "overall-preference"]


def test_every_key_of_a_protocol_stands_on_the_page() -> None:
    reading = (Path(__file__).parents[2] / "annotation" / "protocol" / "reading.py").read_text(encoding="utf-8")
    instruments = (Path(__file__).parents[2] / "annotation" / "instruments" / "reading.py").read_text(encoding="utf-8")
    keys = set(re.findall(r'(?:reader|inner)\.(?:text|texts|integer|integer_or_none|flag|choice)\("(\w+)"', reading))
    keys |= set(re.findall(r'reader\.(?:text|texts|integer|flag|choice)\("(\w+)"', instruments))
    assert len(keys) > 25
    assert [key for key in sorted(keys) if f"`{key}`" not in PAGE and f"{key} =" not in PAGE] == []
