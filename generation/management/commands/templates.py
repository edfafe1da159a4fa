import json
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from generation.reviews.grammar import BUILT_IN
from generation.reviews.template_files import as_json
from generation.reviews.templates import canonical_text, digest
from generation.reviews.validation import findings

PUBLISHED: Final = "e383daeed68ac430a67b662b42a814cd21d9fd7e6e12d341f3c773fdbb21b1bb"


class Command(BaseCommand):
    help = "The templates that come with the product: as lines of goals, as JSON, or checked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--check", action="store_true", help="Count them, check each, and compare their SHA-256.")
        how.add_argument("--json", action="store_true", help="All of them as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        templates = list(BUILT_IN.values())
        if options["json"]:
            self.stdout.write(json.dumps(as_json(templates), indent=2))
        elif options["check"]:
            self.stdout.write(f"{len(templates)}\n{digest(templates)}")
            problems = [f"{one.id}, {finding}" for one in templates for finding in findings(one)]
            if digest(templates) != PUBLISHED:
                problems.append(
                    f"The grammar yields other templates than it should; their SHA-256 should be {PUBLISHED}."
                )
            if problems:
                raise CommandError("\n".join(problems))
        else:
            self.stdout.write(canonical_text(templates), ending="")
