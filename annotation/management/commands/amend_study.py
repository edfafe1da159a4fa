import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.amendments import Change
from annotation.management.commands._study import add_study_arguments, study_or_error
from annotation.protocol import ProtocolError, from_dict, parse_protocol, to_dict
from annotation.services.amending import amend_study, changes_of
from annotation.services.errors import AmendError


class Command(BaseCommand):
    help = "Amend an open study: put a changed protocol in force where that may be. Without --reason, only look."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_study_arguments(parser)
        parser.add_argument("--protocol", type=Path, required=True, help="the whole protocol as it should be (TOML)")
        parser.add_argument("--reason", help="why; it stands in results and exports. Without it nothing is changed")

    def handle(self, *args: Any, **options: Any) -> None:
        study, path = study_or_error(options["slug"]), options["protocol"]
        try:
            protocol = parse_protocol(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        except ProtocolError as error:
            problems = "\n".join(f"- {problem}" for problem in error.problems)
            raise CommandError(f"{path} is not a protocol:\n{problems}") from error
        protocol = from_dict({**to_dict(protocol), "slug": study.slug})  # a file may go by another name
        found = changes_of(study, protocol)
        for change in found:
            (self.stderr if change.refusal else self.stdout).write(_line(change))
        told: dict[str, Any] = {"slug": study.slug, "changes": [change.as_dict() for change in found]}
        told["refused"] = [_line(change) for change in found if change.refusal]
        if options["reason"] is not None:
            try:
                amendment = amend_study(study=study, protocol=protocol, reason=options["reason"])
            except AmendError as error:
                raise CommandError("Nothing was changed." if error.refused else str(error)) from error
            told |= {"number": amendment.number, "before": amendment.before, "after": amendment.after}
            self.stdout.write(f"Amendment {amendment.number} is in force. Digest {amendment.after}")
        elif not options["json"]:
            self.stdout.write('Nothing was changed. Add --reason "why" to amend the study.' if found else "No change.")
        if options["json"]:
            self.stdout.write(json.dumps(told))


def _line(change: Change) -> str:
    where = f"{change.place}: " if change.place else ""
    if change.refusal:
        return f"refused: {where}{change.what} cannot be amended. {change.refusal}"
    return f"{where}{change.what}: {change.before!r} → {change.after!r}"
