"""JSON out of files, however it is made."""

import pytest

from generation.formats.values import FormatError, parse


def test_a_key_that_stands_twice_among_very_many_is_found_in_one_pass() -> None:
    """With a pass a key this took hours, and nobody was told why the worker was busy."""
    text = "{" + ",".join(f'"k{number}":1' for number in range(200_000)) + ',"k199999":2}'
    with pytest.raises(FormatError, match="`k199999` stands twice"):
        parse(text, "line 1")
