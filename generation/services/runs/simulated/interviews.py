"""What both sides of a run's conversations said when they were asked afterwards."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy

from generation.llm.exchange import Kind
from generation.models import Dialogue, GenerationRun
from generation.simulation.interview import QUESTIONS, UNCLEAR, label_of

ASKED: Final = {
    "user_says_completed": gettext_lazy("The user: was the task completed?"),
    "user_says_profile": gettext_lazy("The user: which profile was it given?"),
    "assistant_says_completed": gettext_lazy("The assistant: was the task completed?"),
    "assistant_says_human": gettext_lazy("The assistant: is the user a human?"),
}
"""Who is asked what, by the label of the answers."""
UNANSWERED: Final = {
    Kind.RATE_LIMITED: gettext_lazy("too much was asked of the endpoint"),
    Kind.SERVER_ERROR: gettext_lazy("the endpoint failed"),
    Kind.TIMED_OUT: gettext_lazy("the answer took too long"),
    Kind.CUT_OFF: gettext_lazy("the connection broke"),
    Kind.NONSENSE: gettext_lazy("no text came back"),
    Kind.REFUSED: gettext_lazy("the endpoint did not take the question"),
}
"""Why a question has no answer, by what came of its call."""
DECIDED: Final = tuple(one for one in QUESTIONS if one.decided)


@dataclass(frozen=True, slots=True)
class Tally:
    """A question, by the label of its answers and in words, and how many answered it with yes, no, or neither."""

    label: str
    title: str
    yes: int
    no: int
    unclear: int

    @property
    def total(self) -> int:
        return self.yes + self.no + self.unclear


def interview_of(metadata: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    """The answers that go with a dialogue; none where nobody was asked, or where a file says something else there.

    >>> interview_of({"generated": {"interview": [{"asked": "user"}, 7]}}), interview_of({"generated": "by hand"})
    ([{'asked': 'user'}], [])
    """
    made = metadata.get("generated")
    said = made.get("interview") if isinstance(made, dict) else None
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def labels_of(interview: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What was answered with yes or no, as labels of the dialogue."""
    return {label_of(one["asked"], one["about"]): one["says"] for one in interview if "says" in one}


def title_of(one: Mapping[str, str]) -> str:
    """The question of an answer in words, short; as it was asked where it is none of ours."""
    known = ASKED.get(label_of(str(one.get("asked", "")), str(one.get("about", ""))))
    return str(known or one.get("question", ""))


def why_unanswered(one: Mapping[str, str]) -> str:
    """In words; as it stands in the file where it is none of ours. Nothing where there is an answer."""
    why = str(one.get("unanswered", ""))
    return str(UNANSWERED[Kind(why)]) if why in UNANSWERED else why


def is_interviewed(run: GenerationRun) -> bool:
    return bool(run.settings.get("interview"))


def tallies_of(run: GenerationRun) -> list[Tally]:
    """Over the dialogues that were kept, counted now in one query."""
    said = {one.label: KT(f"labels__{one.label}") for one in DECIDED}
    found = Dialogue.objects.filter(dataset=run.dataset_id).order_by().annotate(**said)
    counts: Counter[tuple[str, str]] = Counter()
    for *answers, count in found.values_list(*said).annotate(count=Count("pk")):
        for label, answer in zip(said, answers, strict=True):
            counts[label, answer or ""] += count
    return [
        Tally(one.label, str(ASKED[one.label]), *(counts[one.label, word] for word in ("yes", "no", UNCLEAR)))
        for one in DECIDED
    ]
