"""`make coverage`: run every simulated study and write `docs/coverage.md` anew."""

import sys

from tests.coverage.document import DOCUMENT, written


def main() -> None:
    text = written()
    DOCUMENT.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
