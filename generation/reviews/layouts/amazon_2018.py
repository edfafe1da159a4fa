"""Amazon's reviews up to 2018 (Ni, Li and McAuley)."""

from typing import Final

from generation.reviews.layouts.amazon import BEFORE_2023, knows, reader
from generation.reviews.layouts.base import Layout

LAYOUT: Final = Layout(
    name="amazon_2018",
    title="Amazon reviews, 2018",
    description="JSON lines with reviewerID, asin, overall, reviewText, verified.",
    sniff=knows(BEFORE_2023, "verified"),
    read=reader(BEFORE_2023),
)
