"""What keeps this installation from serving people, and what to do about it."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crsapp.readiness import models, readiness, surroundings


class Command(BaseCommand):
    help = (
        "Look at database, migrations, worker, disk, static files and models, and say what to do where one is not well."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        checks = readiness() + surroundings() + models()
        if options["json"]:
            self.stdout.write(json.dumps({"ok": all(c.ok for c in checks), "checks": [asdict(c) for c in checks]}))
        else:
            for check in checks:
                mark = self.style.SUCCESS("well ") if check.ok else self.style.ERROR("amiss")
                remedy = "" if check.ok else f" → {check.remedy}"
                self.stdout.write(f"{mark} {check.name}: {check.found}{remedy}")
        amiss = [check.name for check in checks if not check.ok]
        if amiss:
            raise CommandError(f"Not well: {', '.join(amiss)}.")
