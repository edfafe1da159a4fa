"""A model fills a pool with profiles, batch after batch. What is done stands in the rows, so any worker can go on."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from crsapp.jobs.registry import Context, Outside, Progress, Steps
from generation.llm.access import EndpointError
from generation.llm.desk import Answer, Desk
from generation.llm.record import Ask
from generation.models import Call, PoolProfile, ProfilePool
from generation.services.simulation.pools import LARGEST_POOL, lock_pool, next_number, profiles_of
from generation.services.simulation.prompting import Conversation
from generation.services.simulation.steering import finish_if_full, is_going_on, stop
from generation.simulation.profile_checks import Finding, Neighbours, findings
from generation.simulation.profiles import Profile, read_records

FRUITLESS_IN_A_ROW: Final = 4
CUT_OFF: Final = "length"


def write_steps(pool: ProfilePool, context: Context) -> Steps:
    """Ask for people until the pool is full, it is stopped, or a model brings nobody any more."""
    if not is_going_on(pool, context.job_id):
        return {}
    try:
        desk = Desk(endpoint=_endpoint(pool), budget=pool.budget, job_id=context.job_id)
    except EndpointError as error:
        stop(pool, why=str(error))
        return {}
    writing = Writing(pool)
    with desk:
        while is_going_on(pool, context.job_id) and writing.wanted:
            if not desk.ask([writing.question()]):
                stop(pool, why=str(desk.refusal))
                break
            while desk.busy:
                landed = yield Outside(writing.progress, desk.exchange)
                for answer in desk.book(landed):
                    writing.take(answer)
                    context.got_further()
    finish_if_full(pool)
    return dict(writing.verdicts)


def _endpoint(pool: ProfilePool) -> Any:
    if pool.endpoint is None:
        raise EndpointError(_("No endpoint is chosen for this pool."))
    return pool.endpoint


class Writing:
    """One worker at a pool: what it has, what it asked, and what came of it."""

    def __init__(self, pool: ProfilePool) -> None:
        self.pool = pool
        self.settings: Mapping[str, Any] = pool.settings
        self.verdicts: Counter[str] = Counter()
        self._profiles = profiles_of(pool)
        self._neighbours = Neighbours(self._profiles)
        self._conversation = Conversation(self.settings)
        self._batch = Call.objects.filter(budget=pool.budget).count() if pool.budget else 0
        self._fruitless = self._left_out = 0

    @property
    def wanted(self) -> int:
        return max(0, self.pool.size - len(self._profiles))

    @property
    def progress(self) -> Progress:
        left_out = self.verdicts["left_out"]
        message = _("%(count)s left out") % {"count": left_out} if left_out else ""
        return Progress(done=len(self._profiles), total=self.pool.size, message=message)

    def question(self) -> Ask:
        """The next batch, as an entry of the conversation."""
        self._batch += 1
        count, number = min(self.settings["batch"], self.wanted), next_number(self.pool)
        most = self.pool.endpoint.max_tokens if self.pool.endpoint else 0
        prompt = self._conversation.ask(count=count, number=number, so_far=self._profiles.values(), max_tokens=most)
        seed = seed_of(self.settings["seed"], number, self._batch)
        return Ask(f"people/{self.pool.pk}/{self._batch}", prompt, seed=seed)

    def take(self, answer: Answer) -> None:
        """Put the people of one answer into the pool, or beside it, or stop where it makes no sense to go on."""
        if not answer.outcome.answered:
            stop(self.pool, why=answer.outcome.detail)
            return
        self._conversation.answered(answer.outcome.text)
        cut_off = answer.outcome.finish_reason == CUT_OFF
        people = list(people_of(answer.outcome.text, cut_off=cut_off))[: self._room]
        taken = self._keep(answer.call, people)
        self._fruitless = 0 if taken else self._fruitless + 1
        self._left_out = 0 if taken else self._left_out + len(people)
        if not taken:
            self._conversation.forget()
        if self._fruitless >= FRUITLESS_IN_A_ROW:
            stop(self.pool, why=self._why_nobody(cut_off))

    def _why_nobody(self, cut_off: bool) -> str:
        if cut_off:
            return _("The answers were cut off before one person was whole. Allow the endpoint's answers more tokens.")
        why = _("%(count)s answers in a row brought nobody who could be taken. Look at those that were left out.")
        if not self._left_out:
            why = _("In %(count)s answers in a row no profile could be read. Look at the calls for what was answered.")
        return why % {"count": self._fruitless}

    @property
    def _room(self) -> int:
        """As many as are wanted, and some to replace those that are left out."""
        return 2 * int(self.settings["batch"])

    def _keep(self, call: Call, people: list[Profile]) -> int:
        lock_pool(self.pool)
        number = next_number(self.pool)
        rows = []
        for person in people:
            if not self.wanted or number >= LARGEST_POOL:
                break
            found = findings(person, self.pool.language, self._neighbours.nearest(person))
            taken = not {one.code for one in found} & set(self.settings["rejecting"])
            rows.append(row_of(self.pool, number if taken else None, person, found, call))
            self.verdicts["taken" if taken else "left_out"] += 1
            if taken:
                self._profiles[number] = person
                self._neighbours.add(number, person)
                number += 1
        PoolProfile.objects.bulk_create(rows)
        return sum(row.number is not None for row in rows)


def row_of(
    pool: ProfilePool, number: int | None, profile: Profile, found: list[Finding], call: Call | None = None
) -> PoolProfile:
    kept = [one.as_dict() for one in found]
    return PoolProfile(pool=pool, number=number, findings=kept, call=call, **profile.as_dict())


def people_of(text: str, *, cut_off: bool) -> Iterator[Profile]:
    """The people of an answer; the last of one that was cut off is not whole and is left alone."""
    people = read_records(text)
    return iter(people[:-1] if cut_off else people)


def seed_of(seed: int, number: int, batch: int) -> int:
    """The seed of one question, which is another for each.

    >>> seed_of(1, 2, 3) == seed_of(1, 2, 3) != seed_of(1, 3, 2)
    True
    """
    return int.from_bytes(hashlib.sha256(f"{seed} {number} {batch}".encode()).digest()[:4]) >> 1
