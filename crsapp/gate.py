"""A gate that a process waits at until what it needs is prepared: it may load its code meanwhile.

It is a pipe. Whoever prepares opens the gate by a byte; if they end without having done so, those who wait end too.
"""

import os
from typing import Final

VARIABLE: Final = "CRSAPP_GATE"


class Gate:
    def __init__(self) -> None:
        self.entrance, self._opener = os.pipe()

    @property
    def environment(self) -> dict[str, str]:
        """What tells a process to wait; it must inherit the `entrance` as well."""
        return {VARIABLE: str(self.entrance)}

    def open(self) -> None:
        os.write(self._opener, b"!")
        self.close()

    def close(self) -> None:
        os.close(self._opener)
        os.close(self.entrance)


def wait_at_gate() -> None:
    """Wait at the gate that whoever started this process set up, if any. Raises SystemExit if it will never open."""
    number = os.environ.pop(VARIABLE, "")
    if number:
        with os.fdopen(int(number), "rb", buffering=0) as entrance:
            if not entrance.read(1):
                raise SystemExit("What was to be prepared first was not, so this process ends.")
