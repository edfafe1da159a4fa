"""Reads a file in a process of its own, for one that stores meanwhile: Python runs one thread at a time.

`python -m generation.reading_apart` is told on standard input what to read, as a pickled `Order`. On standard output it
says what it finds, one pickled pair of a kind and a value after the other, and at last that it is done or what broke.
It ends when nobody listens any more. `generation/services/reading.py` starts it.
"""

import gc
import pickle
import sys
import traceback
from typing import Any, BinaryIO, Final

from generation.formats.sources import Source
from generation.formats.values import FormatError
from generation.reader import Order, read
from generation.seen import Seen

PROBLEM: Final = "problem"
NOTE: Final = "note"
PIECE: Final = "piece"
BROKEN: Final = "broken"
DONE: Final = "done"


def tell(listener: BinaryIO, kind: str, value: Any = None) -> None:
    pickle.dump((kind, value), listener, protocol=pickle.HIGHEST_PROTOCOL)
    listener.flush()


def carry_out(order: Order, listener: BinaryIO) -> None:
    """Read the file and tell of it. An error that nobody foresaw is told in a line; the log has its traceback."""
    seen = Seen()

    def report(problem: FormatError) -> None:
        tell(listener, PROBLEM, (problem.place, problem.problem, problem.remedy, problem.fatal))

    try:
        source = Source(order.path, order.limits, order.name)
        found = read(
            source,
            order.chosen,
            order.lengths,
            lambda name, place: seen.first_place("dialogue", name, place),
            report,
            lambda note: tell(listener, NOTE, note),
        )
        for piece in found:
            tell(listener, PIECE, piece)
    except BrokenPipeError:
        raise
    except Exception as error:
        traceback.print_exc()
        tell(listener, BROKEN, f"{type(error).__name__}: {error}")
    else:
        tell(listener, DONE)


def main() -> None:
    gc.disable()  # records hold no circles, and looking for some takes a seventh of the time
    order = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    try:
        carry_out(order, sys.stdout.buffer)
    except BrokenPipeError:
        sys.exit(1)


if __name__ == "__main__":
    main()
