"""Where commands write what they export."""

from pathlib import Path

from django.core.management.base import CommandError


def file_to_write(out: Path, *, name: str, endings: tuple[str, ...]) -> Path:
    """The file that `--out` means: itself, or in a folder the one of this name.

    Raises CommandError where it cannot be written, or has an ending that promises something else.
    """
    path = out / name if out.is_dir() else out
    if not path.parent.is_dir():
        raise CommandError(f"The folder {path.parent} does not exist. Make it, or choose another --out.")
    if path.suffix and path.suffix not in endings:
        kinds = " or ".join(endings)
        raise CommandError(f"What is written is no {path.suffix} file. End its name in {kinds}, or give a folder.")
    return path
