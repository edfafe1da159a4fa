"""Amazon's reviews up to 2014 (McAuley et al.)."""

from typing import Final

from generation.reviews.layouts.amazon import BEFORE_2023, knows, reader
from generation.reviews.layouts.base import Layout
from generation.wording import gettext_noop

LAYOUT: Final = Layout(
    name="amazon_2014",
    title=gettext_noop("Amazon reviews, 2014"),
    description=gettext_noop(
        "JSON lines with reviewerID, asin, overall, reviewText, helpful. Metadata may be Python literals."
    ),
    sniff=knows(BEFORE_2023, "helpful"),
    read=reader(BEFORE_2023),
)
