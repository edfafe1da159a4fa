"""Amazon's reviews up to 2018 (Ni, Li and McAuley)."""

from typing import Final

from generation.reviews.layouts.amazon import BEFORE_2023, knows, reader
from generation.reviews.layouts.base import Layout
from generation.wording import gettext_noop

LAYOUT: Final = Layout(
    name="amazon_2018",
    title=gettext_noop("Amazon reviews, 2018"),
    description=gettext_noop("JSON lines with reviewerID, asin, overall, reviewText, verified."),
    sniff=knows(BEFORE_2023, "verified"),
    read=reader(BEFORE_2023),
)
