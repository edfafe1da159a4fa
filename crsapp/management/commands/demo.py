from typing import Any

from django.core.management.base import BaseCommand, CommandError

from annotation.models import Study
from crsapp.demo.loading import CLOSED, OPEN, load_closed_study, load_datasets, load_open_study
from crsapp.demo.people import load_people
from crsapp.stopping import stopping_on_signals


def load_demo() -> None:
    people = load_people()
    load_datasets(people["amira"])
    load_open_study(people)
    load_closed_study(people["amira"])


class Command(BaseCommand):
    help = "Load the demo: two small datasets, one open study to judge and one closed study with results."

    def handle(self, *args: Any, **options: Any) -> None:
        if Study.objects.filter(slug=OPEN).exists() and Study.objects.filter(slug=CLOSED, state="closed").exists():
            self.stdout.write("The demo is here already; nothing was changed.")
            return
        try:
            with stopping_on_signals():
                load_demo()
        except KeyboardInterrupt:
            raise CommandError("Stopped. The next time the demo is loaded from there on.") from None
        self.stdout.write(self.style.SUCCESS("The demo is loaded: two datasets, one open and one closed study."))
