"""A command typed again: it goes on where it was, is done already, or asks for something else than what is there."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError

from generation.llm.budget import LimitTooLow, set_limits
from generation.models import Dataset, Endpoint, Enquiry, GenerationRun
from generation.services.enquiries.earlier import earlier
from generation.services.enquiries.here import enquire_here
from generation.services.enquiries.steering import frozen_with, retry_failed, start_enquiry
from generation.services.enquiries.table import KINDS
from generation.services.runs.here import run_here

DONE: Final = "Done already, with the same settings: nothing was asked."
CALLED: Final = {"size": "count", "beside": "translating situations and profiles"}
"""What a command calls the settings that are frozen under another name."""
MOST_SAID: Final = 5
MOST_NAMED: Final = 3
LONGEST: Final = 40


def run_again(
    command: BaseCommand, run: GenerationRun, asked: Mapping[str, Any], limits: Mapping[str, int | None]
) -> GenerationRun:
    """Go on with a run that is there, with the limits that are given now, or say that it is done.

    Raises CommandError where something else is asked for.
    """
    remedy = "Type it with the same settings, or name another dataset with --into."
    refuse_other(f"“{run.dataset}”", run.settings, asked, remedy)
    if run.state == GenerationRun.State.COMPLETE:
        command.stdout.write(DONE)
    else:
        _limit(run.budget_id, limits)
    return run_here(run)


def enquire_again(
    command: BaseCommand,
    *,
    dataset: Dataset,
    kind: str,
    endpoint: Endpoint,
    limits: Mapping[str, int | None],
    language: str = "",
    settings: Mapping[str, Any] | None = None,
) -> Enquiry:
    """Begin, go on, try again what failed, or say that it is done. Raises CommandError where something else is."""
    asked = frozen_with(kind, endpoint, settings or {})
    there = earlier(dataset=dataset, kind=kind, language=language)
    same = next((one for one in there if one.settings == asked), None)
    if same is None:
        for other in there:
            if other.is_open or not KINDS[kind].side_by_side:
                title = f"{other.get_kind_display()} of “{dataset}” ({other.get_state_display().lower()})"
                refuse_other(title, other.settings, asked, "Type it with the same settings, or end or delete that one.")
        begun = start_enquiry(
            dataset=dataset,
            kind=kind,
            endpoint=endpoint,
            language=language,
            settings=settings,
            money=limits["money"],
            tokens=limits["tokens"],
            here=True,
        )
        return enquire_here(begun)
    to_do = same.is_open or same.texts.failed().exists()
    if not to_do:
        command.stdout.write(DONE)
        return same
    _limit(same.budget_id, limits)
    return enquire_here(same if same.is_open else retry_failed(same, here=True))


def _limit(budget_id: int, limits: Mapping[str, int | None]) -> None:
    """Set the limits that were given; one that was not stays as it is."""
    try:
        set_limits(budget_id=budget_id, **{what: limit for what, limit in limits.items() if limit is not None})
    except LimitTooLow as error:
        raise CommandError(str(error)) from error


def refuse_other(title: str, there: Mapping[str, Any], asked: Mapping[str, Any], remedy: str) -> None:
    """Raise CommandError where what is there was not made with what is asked for now, saying what differs."""
    found = list(differences(there, asked)) if there else ["no command made it"]
    if found:
        said = [*found[:MOST_SAID], *([f"and {len(found) - MOST_SAID} more"] if len(found) > MOST_SAID else [])]
        raise CommandError(f"{title} is there already, made otherwise ({'; '.join(said)}). {remedy}")


def differences(there: Mapping[str, Any], asked: Mapping[str, Any], of: str = "") -> Iterator[str]:
    """In words, each setting that is not the same; of lists with names, those of the one that differs.

    >>> list(differences({"seed": 1, "ends": [{"name": "a", "top_p": 1}]}, {"seed": 2, "ends": [{"name": "b"}]}))
    ['seed: 1 there, 2 now', 'ends: a there, b now']
    """
    for name in dict.fromkeys([*there, *asked]):
        then, now = there.get(name), asked.get(name)
        label = f"{of}{CALLED.get(name, name)}".replace("_", " ")
        parts_then, parts_now = _parts(then), _parts(now)
        if then != now and parts_then and parts_then.keys() == parts_now.keys():
            yield from differences(parts_then, parts_now, f"{label} ")
        elif then != now:
            yield f"{label}: {_said(then)} there, {_said(now)} now"


def _parts(value: Any) -> dict[str, Any]:
    """The parts of what has some, by their names."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
        return {_name(one): one for one in value}
    return {}


def _name(one: Mapping[str, Any]) -> str:
    return " ".join(str(one[key]) for key in ("plays", "name", "id") if key in one)


def _said(value: Any) -> str:
    if value is None or value in ("", []):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        names = [_name(one) if isinstance(one, Mapping) else str(one) for one in value]
        return f"{len(names):,} of them" if len(names) > MOST_NAMED else ", ".join(names)
    text = " ".join(str(value).split())
    return f"{text[:LONGEST]}…" if len(text) > LONGEST else text
