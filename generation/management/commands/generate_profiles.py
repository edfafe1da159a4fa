import json
from argparse import ArgumentParser
from collections import Counter
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from crsapp.jobs.registry import JobError
from generation.llm.money import money
from generation.management.again import DONE, refuse_other
from generation.management.options import add_budget, endpoint_named, language
from generation.models import PoolProfile, ProfilePool
from generation.services.simulation.pools import PoolError, create_pool, profiles_of
from generation.services.simulation.steering import WritingSettings, frozen_with
from generation.services.simulation.writing_here import write_here
from generation.simulation.coverage import coverage

REMEDY: Final = "Type it with the same settings, ask for more with --count, or name another pool with --pool."


class Command(BaseCommand):
    help = (
        "Have a model write profiles of simulated users into a pool. Typed again, it goes on until the pool is full, "
        "then says so."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pool", required=True, metavar="NAME", help="Name of the pool; a new one is made.")
        parser.add_argument("--count", type=int, required=True, help="So many profiles in all.")
        parser.add_argument("--endpoint", required=True, help="Name of an endpoint; “scripted” needs none.")
        parser.add_argument("--seed", type=int, default=0)
        parser.add_argument("--batch", type=int, default=10, help="So many are asked for at a time (10).")
        parser.add_argument("--context", type=int, default=8_000, help="Tokens that the model can take at once (8000).")
        parser.add_argument("--language", type=language, help="Code of the language they are written in (en).")
        add_budget(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        endpoint = endpoint_named(options["endpoint"])
        try:
            settings = WritingSettings(
                size=options["count"], seed=options["seed"], batch=options["batch"], context=options["context"]
            )
            pool = _pool(options["pool"], options["language"])
            if PoolProfile.objects.in_pool(pool).count() >= settings.size:
                refuse_other(f"“{pool}”", pool.settings, frozen_with(settings, pool, endpoint), REMEDY)
                self.stdout.write(DONE)
            pool = write_here(pool, endpoint, settings, money=options["budget"], tokens=options["tokens"])
        except (PoolError, JobError) as error:
            raise CommandError(str(error)) from error
        self._tell(pool, options)
        if pool.state == ProfilePool.State.STOPPED:
            raise CommandError(f"The pool is not full. {pool.why}")

    def _tell(self, pool: ProfilePool, options: dict[str, Any]) -> None:
        people = profiles_of(pool)
        left_out = PoolProfile.objects.left_out(pool).count()
        found = Counter(one["code"] for row in PoolProfile.objects.filter(pool=pool) for one in row.findings)
        shown = coverage(people.values())
        scripted = " Scripted: no model was asked." if pool.is_scripted else ""
        self.stdout.write(f"{len(people):,} profiles are in “{pool}”, {left_out:,} were left out.{scripted}")
        for title, parts in (("gender", shown.genders), ("age", shown.ages)):
            self.stdout.write(f"{title:<10} {', '.join(f'{part.name} {part.n}' for part in parts)}")
        self.stdout.write(f"{'occupation':<10} {len(shown.occupations)} different")
        self.stdout.write(f"{'findings':<10} {', '.join(f'{code} {n}' for code, n in sorted(found.items())) or 'none'}")
        if options["json"]:
            budget = pool.budget
            said = {
                "pool": pool.name,
                "state": pool.state,
                "scripted": pool.is_scripted,
                "profiles": len(people),
                "left_out": left_out,
                "findings": dict(sorted(found.items())),
                "genders": {part.name: part.n for part in shown.genders},
                "ages": {part.name: part.n for part in shown.ages},
                "occupations": len(shown.occupations),
                "tokens": budget.tokens_spent if budget else 0,
                "cost": str(money(budget.money_spent)) if budget else "0",
            }
            self.stdout.write(json.dumps(said, ensure_ascii=False))


def _pool(name: str, language: str | None) -> ProfilePool:
    """The pool of this name, made where there is none."""
    named = " ".join(name.split())
    found = ProfilePool.objects.filter(name__iexact=named).first()
    if found and language and found.language != language:
        raise CommandError(f"“{found}” is written in {found.language}. Name another pool for {language}.")
    return found or create_pool(name=named, language=language or "en")
