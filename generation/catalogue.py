"""A catalogue of items in which the titles that a model wrote are found. Pure.

>>> films = Catalogue([Entry("1", "Toy Story (1995)"), Entry("2", "Toy Story 2 (1999)"), Entry("3", "Alien: Covenant")])
>>> films.find("Toy Storey"), films.find("toy story 3"), films.find("Alien")
(Match(item_id='1', edits=1, rule='edits', ambiguous=False), None, Match(item_id='3', edits=0, rule='subtitle', \
ambiguous=False))
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from generation.titles import MOST_EDITS, Title, canonical, distance, edits_allowed, head_of

LONGEST: Final = 300
"""What a model wrote in more letters is no title."""
Rule = Literal["exact", "subtitle", "edits"]


class Entry(NamedTuple):
    """An item of the catalogue; `popularity` decides between titles that are equally near."""

    item_id: str
    title: str
    popularity: float = 0


class Match(NamedTuple):
    """The item that a written title means, how many letters it differs by, and by which rule it was found."""

    item_id: str
    edits: int
    rule: Rule
    ambiguous: bool


class Catalogue:
    """Titles ready to be looked up: exactly, then by what stands before a subtitle, then with a letter or two wrong."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._exact: dict[str, list[tuple[Entry, Title]]] = {}
        self._heads: dict[str, list[tuple[Entry, Title]]] = {}
        self._stems: dict[str, list[tuple[Entry, Title]]] = {}
        for entry in entries:
            known = entry, canonical(entry.title)
            self._exact.setdefault(known[1].text, []).append(known)
            self._stems.setdefault(known[1].stem, []).append(known)
            if head := head_of(entry.title):
                self._heads.setdefault(canonical(head).text, []).append(known)
        self._all_stems = list(self._stems)

    def find(self, written: str) -> Match | None:
        """The item that is meant, or None. Between equals: the same year, then popularity, then the lower id."""
        if len(written) > LONGEST or not written.strip():
            return None
        title = canonical(written)
        if found := _near_in_time(title, self._exact.get(title.text, [])):
            return _best(title, found, 0, "exact")
        heads = self._heads.get(title.text, [])
        if len({known.text for _, known in heads}) == 1 and (found := _near_in_time(title, heads)):
            return _best(title, found, 0, "subtitle")
        return self._with_edits(title)

    def _with_edits(self, title: Title) -> Match | None:
        if not edits_allowed(title.text):
            return None
        stems = process.extract(
            title.stem, self._all_stems, scorer=Levenshtein.distance, score_cutoff=MOST_EDITS, limit=None
        )
        near: dict[int, list[tuple[Entry, Title]]] = {}
        for stem, _, _ in stems:
            for entry, known in self._stems[stem]:
                if (edits := distance(title, known)) is not None:
                    near.setdefault(edits, []).append((entry, known))
        return _best(title, near[min(near)], min(near), "edits") if near else None


def _near_in_time(title: Title, found: Sequence[tuple[Entry, Title]]) -> list[tuple[Entry, Title]]:
    """Without those of another time: where both say a year, these differ by one at most."""
    return [one for one in found if not (title.year and one[1].year and abs(title.year - one[1].year) > 1)]


def _best(title: Title, found: Sequence[tuple[Entry, Title]], edits: int, rule: Rule) -> Match:
    ranked = sorted(found, key=lambda one: (one[1].year != title.year, -one[0].popularity, one[0].item_id))
    return Match(ranked[0][0].item_id, edits, rule, ambiguous=len(ranked) > 1)
