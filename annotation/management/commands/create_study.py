import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.protocol import ProtocolError, parse_protocol
from annotation.services.errors import StudyError
from annotation.services.studies import create_study


class Command(BaseCommand):
    help = "Make a draft of a study from its protocol, a TOML file (docs/protocol.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("protocol", type=Path)
        parser.add_argument("--slug", help="the study's address; by default that of the protocol, or of its title")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["protocol"]
        try:
            study = create_study(protocol=parse_protocol(path.read_text(encoding="utf-8")), slug=options["slug"])
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        except ProtocolError as error:
            problems = "\n".join(f"- {problem}" for problem in error.problems)
            raise CommandError(f"{path} is not a protocol:\n{problems}") from error
        except StudyError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"slug": study.slug, "title": study.title, "state": study.state}))
        else:
            self.stdout.write(f"Draft “{study.title}” made. Open it with: manage.py open_study {study.slug}")
