"""Names that somebody gave, made harmless in the files of a report. Pure."""

import html as _html
import re
from typing import Final

GREEK: Final = {"α": "alpha", "β": "beta", "κ": "kappa", "λ": "lambda", "ν": "nu", "ρ": "rho", "σ": "sigma"}
TEX: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        '"': r"\textquotedbl{}",
        "\u2212": "$-$",
        "\u00d7": r"$\times$",
        "\u00b1": r"$\pm$",
        "\u2264": r"$\le$",
        "\u2265": r"$\ge$",
        "\u202f": r"\,",
        "\u00a0": "~",
        **{sign: rf"$\{name}$" for sign, name in GREEK.items()},
    }
)
ENTITY: Final = re.compile(r"&(?=#?\w+;)")
MARKDOWN: Final = str.maketrans({**{sign: f"\\{sign}" for sign in "\\`*_{}[]|~"}, "<": "&lt;", ">": "&gt;"})


def one_line(text: str) -> str:
    """Without control characters, line breaks and runs of spaces; thin and fixed spaces stay."""
    shown = "".join(sign if sign.isprintable() or sign in "\u202f\u00a0" else " " for sign in text)
    return " ".join(part for part in shown.split(" ") if part)


def tex(text: str) -> str:
    r"""A text as LaTeX sets it, in text mode.

    >>> tex(r"50 % of A&B_1 \input{x}")
    '50 \\% of A\\&B\\_1 \\textbackslash{}input\\{x\\}'
    """
    return one_line(text).translate(TEX)


def markdown(text: str) -> str:
    r"""A text that Markdown and its tables show as it is.

    >>> markdown("a|b *c* <b>")
    'a\\|b \\*c\\* &lt;b&gt;'
    """
    plain = ENTITY.sub("&amp;", one_line(text)).translate(MARKDOWN)
    return "\\" + plain if plain[:1] in ("#", "+", "-") else plain


def html(text: str) -> str:
    return _html.escape(one_line(text))
