"""Commands as a script of a researcher's would call them."""

import io
import json
from typing import Any

from django.core.management import call_command


def command(name: str, *arguments: object, **options: object) -> dict[str, Any]:
    """The JSON object that a command ends with."""
    out = io.StringIO()
    call_command(name, *map(str, arguments), "--json", stdout=out, stderr=io.StringIO(), **options)
    found: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return found
