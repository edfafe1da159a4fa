"""Amazon's reviews up to 2023 (Hou et al.): other keys, times in milliseconds, items by their parent."""

from typing import Final

from generation.reviews.layouts.amazon import Keys, knows, reader
from generation.reviews.layouts.base import Layout
from generation.wording import gettext_noop

KEYS: Final = Keys(
    person="user_id", item=("parent_asin", "asin"), rating="rating", text="text", title="title", time="timestamp"
)

LAYOUT: Final = Layout(
    name="amazon_2023",
    title=gettext_noop("Amazon reviews, 2023"),
    description=gettext_noop("JSON lines with user_id, parent_asin, rating, title, text, timestamp in milliseconds."),
    sniff=knows(KEYS),
    read=reader(KEYS),
)
