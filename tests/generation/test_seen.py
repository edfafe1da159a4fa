"""Names that were met are known with their first place, however many there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation import seen
from generation.seen import Seen

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
