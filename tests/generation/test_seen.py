"""Names that were met are known with their first place, however many there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation import seen
from generation.formats.places import in_words, line_of
from generation.seen import Seen
from generation.wording import parts_of

NAMES = st.tuples(st.sampled_from(["dialogue", "item"]), st.text(max_size=3))


@given(met=st.lists(NAMES, max_size=60), most=st.integers(1, 20))
def test_it_knows_what_a_dictionary_would(met: list[tuple[str, str]], most: int) -> None:
    known: dict[tuple[str, str], str] = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(seen, "MOST_IN_MEMORY", most)
        names = Seen()
        for number, (kind, name) in enumerate(met):
            place = "" if number % 5 == 0 else f"line {number}"
            assert names.first_place(kind, name, place) == known.get((kind, name))
            known.setdefault((kind, name), place)
            assert names.has(kind, name)
            assert len(names._recent) <= most
        assert not names.has("item", "nobody")
        for kind in ("dialogue", "item"):
            assert names.count(kind) == sum(one == kind for one, _name in known)
        names.close()


def test_a_place_on_disk_is_still_known_for_what_it_is_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "MOST_IN_MEMORY", 1)
    names, places = Seen(), [line_of("a.json", number) for number in range(3)]
    for place in places:
        names.first_place("dialogue", place, place)
    assert [parts_of(names.first_place("dialogue", place) or "") for place in places[:2]] == [
        parts_of(in_words(place.what)) for place in places[:2]
    ]
    names.close()
