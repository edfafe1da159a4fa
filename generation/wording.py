"""Texts of pure code that people read: marked there, translated where they are shown. Pure."""


def gettext_noop(text: str) -> str:
    """Mark a text for translation, unchanged; `{% translate %}` or `gettext` translates it."""
    return text
