"""Small files of reviews for tests. The reviews are written here."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

WORDS = " ".join(f"word{number}" for number in range(25))


def review(person: str = "ann", item: str = "b1", rating: float = 5, at: int = 1, **others: Any) -> dict[str, Any]:
    """As Amazon's of 2018."""
    said = {"reviewerID": person, "asin": item, "overall": rating, "unixReviewTime": at}
    return {**said, "verified": True, "reviewText": WORDS, "summary": "Well", **others}


def everybody_on_everything(people: int, items: int) -> list[dict[str, Any]]:
    """Everybody likes all but the first item, and says so in words of their own."""
    return [
        review(f"p{who}", f"i{what}", 1 if what == 0 else 5, what, reviewText=f"{WORDS} p{who} i{what}")
        for who in range(people)
        for what in range(items)
    ]


def review_file(folder: Path, reviews: Iterable[Any], name: str = "reviews.json") -> Path:
    path = folder / name
    lines = (one if isinstance(one, str) else json.dumps(one) for one in reviews)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path
