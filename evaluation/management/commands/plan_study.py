from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.management.commands._study import study_or_error
from annotation.services.material import protocol_of
from evaluation.components import GUESSES
from evaluation.forms import EXPECTED
from evaluation.plan_words import design_words, plan_page
from evaluation.planning import Design, Effort
from evaluation.plans import PILOT, USUAL, Asked, BlockPlan, plan_block
from evaluation.reports.plans import latest_pilot, study_plans


class Command(BaseCommand):
    """What to expect of a study's size, the same as in its builder; or of any size, without a study."""

    help = "Print the interval to expect, its floor and the cheapest design: of a draft, or of --pairs or --dialogues."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="the study's address; without it, say --pairs or --dialogues")
        parser.add_argument("--pairs", type=int, help="pairs of dialogues")
        parser.add_argument("--dialogues", type=int, help="dialogues of each of two systems, rated from 0 to 1")
        parser.add_argument(
            "--ratings", type=float, default=1.0, help="ratings a dialogue by one annotator (default 1)"
        )
        parser.add_argument("--annotators", type=int, default=7, help="default 7")
        parser.add_argument("--each", type=int, help="so many of them judge each pair or dialogue (default: all)")
        parser.add_argument("--minutes", type=float, default=1.0, help="minutes a pair or dialogue takes (default 1)")
        parser.add_argument(
            "--basis",
            choices=[*GUESSES, PILOT],
            help="a guess, or what the pilot (of a study that was opened: its own judgments) shows",
        )
        parser.add_argument("--people", type=int, default=EXPECTED, help="people who come to a block shared among many")
        parser.add_argument("--wanted", type=float, help="points of a win rate, or per cent of a scale's range")
        parser.add_argument("--pay", type=float, help="pay for an hour")
        parser.add_argument("--to-begin", type=float, default=0.0, help="minutes before an annotator begins")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        plans = _of_study(options) if options["slug"] else [_of_size(options)]
        for plan in plans:
            page = plan_page(plan)
            self.stdout.write(
                f"{page.name}: {design_words(plan.asked.design, pairs=plan.asked.target == 'pair')}. {page.lead}"
            )
            for sentence in filter(None, page.sentences):
                self.stdout.write(f"  {sentence}")
        if not plans:
            self.stdout.write("No block has two dialogues or pairs, two annotators, and a preference or a scale.")
        if options["json"]:
            self.stdout.write(orjson.dumps({"blocks": [asdict(plan) for plan in plans]}).decode())


def _of_study(options: dict[str, Any]) -> list[BlockPlan]:
    study = study_or_error(options["slug"])
    basis = options["basis"] or (PILOT if latest_pilot(study) else USUAL)
    if basis == PILOT and latest_pilot(study) is None:
        raise CommandError(f"“{study.title}” has no pilot that was opened. Take one of: {', '.join(GUESSES)}.")
    return study_plans(
        study,
        protocol_of(study),
        basis=basis,
        people=options["people"],
        wanted=_share(options["wanted"]),
        pay_per_hour=options["pay"],
        to_begin=options["to_begin"],
    )


def _of_size(options: dict[str, Any]) -> BlockPlan:
    pair = options["pairs"] is not None
    units = options["pairs"] if pair else options["dialogues"]
    if units is None or (pair and options["dialogues"] is not None):
        raise CommandError("Name a study, or say either --pairs or --dialogues.")
    if min(units, options["annotators"], options["each"] or 2) < 2 or options["minutes"] <= 0:
        raise CommandError("A plan needs two pairs or dialogues, two annotators, and some time for each.")
    if options["basis"] == PILOT:
        raise CommandError("A pilot belongs to a study. Name the study.")
    design = Design(units, options["annotators"], options["each"], 1 if pair else 2)
    name, title = ("Pairs", "preference") if pair else ("Dialogues", "one rating")
    asked = Asked(
        1, "", name, "pair" if pair else "dialogue", title, design, options["minutes"], ratings=options["ratings"]
    )
    effort = Effort(to_begin=options["to_begin"], pay_per_hour=options["pay"])
    return plan_block(asked, effort, basis=options["basis"] or USUAL, wanted=_share(options["wanted"]))


def _share(wanted: float | None) -> float | None:
    if wanted is not None and not 0.1 <= wanted <= 50:
        raise CommandError("--wanted is between 0.1 and 50 points, or per cent of a scale's range.")
    return None if wanted is None else wanted / 100
