"""Colours that the colour-blind tell apart and that stay in order on grey paper. Pure."""

from typing import Final

VIRIDIS: Final = (
    (68, 1, 84), (71, 44, 122), (59, 81, 139), (44, 113, 142), (33, 144, 141),
    (39, 173, 129), (92, 200, 99), (170, 220, 50), (253, 231, 37),
)  # fmt: skip
"""Nine steps of viridis, evenly apart (van der Walt & Smith 2015)."""
DARK: Final = "#101214"
LIGHT: Final = "#ffffff"


def viridis(count: int) -> list[str]:
    """So many colours, the first the lightest, as far apart as they can be.

    >>> viridis(3)
    ['#fde725', '#21908d', '#440154']
    """
    last = len(VIRIDIS) - 1
    found = []
    for step in range(count):
        at = last * (1 - (step / (count - 1) if count > 1 else 0.5))
        low = min(int(at), last - 1)
        mixed = (a + (b - a) * (at - low) for a, b in zip(VIRIDIS[low], VIRIDIS[low + 1], strict=True))
        found.append("#" + "".join(f"{round(part):02x}" for part in mixed))
    return found


def ink_on(colour: str) -> str:
    """Black or white, whichever is easier to read on this colour (WCAG's relative luminance).

    >>> ink_on("#fde725"), ink_on("#440154")
    ('#101214', '#ffffff')
    """
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return DARK if luminance > 0.179 else LIGHT
