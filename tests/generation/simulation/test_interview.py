"""When a conversation is over, both sides may be asked how it was: on record, beside the dialogue, never part of it."""

import json
from collections import Counter
from dataclasses import replace
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from crsapp.accounts.models import User
from generation.models import Attempt, AttemptCall, Call, Dialogue, GenerationRun, Planned
from generation.services.filing import export_dialogues
from generation.services.runs.figures import figures_of
from generation.services.runs.here import run_here
from generation.services.runs.kinds import maker_of
from generation.services.runs.simulated.choosing import named
from generation.services.runs.simulated.estimating import estimate
from generation.services.runs.simulated.interviews import interview_of, tallies_of
from generation.services.runs.simulated.roles import say_roles, take_back
from generation.services.runs.simulated.settings import SimulationSettings
from generation.services.runs.spending import shares_of
from generation.services.runs.steering import Limits, raise_limits
from generation.simulation.conversation import Conversation, End, Rules
from generation.simulation.interview import QUESTIONS, asked, question_of
from tests.generation.simulation import people as pools
from tests.generation.simulation import talks
from tests.generation.simulation.people import ANNA

TALK = Conversation(Rules(max_turns=2), task="Find a gift.", profile=ANNA.text())
ENDED = ["A gift, please.", "A book?", "Thank you, goodbye."]
CAPPED = ["A gift, please.", "A book?", "No.", "A plant?"]
LABELS = ("user_says_completed", "assistant_says_completed", "assistant_says_human")
on_record = pytest.mark.database


@pytest.mark.parametrize("said", [ENDED, CAPPED], ids=["ended", "capped"])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.prompt)
def test_each_side_is_asked_after_the_conversation_as_it_saw_it(question: Any, said: list[str]) -> None:
    turn = asked(TALK, said, question)
    roles = [one.role for one in turn.messages]
    assert all(one != other for one, other in pairwise(roles)), "endpoints want them in turn"
    whole = "\n".join(one.content for one in turn.messages)
    assert "[Interview]" in turn.messages[-1].content
    if question.side == "user":
        assert ANNA.text() in whole
        assert said[-1] in whole
    else:
        assert "Find a gift." not in whole
        assert "goodbye" not in whole


def test_what_comes_after_the_end_is_no_part_of_it() -> None:
    assert [TALK.length(ENDED[:place]) for place in range(4)] == [None, None, None, 3]
    assert (TALK.length([*ENDED, "Yes.", "I am Anna."]), TALK.length([*CAPPED, "No."])) == (3, 4)
    assert TALK.next(ENDED) == End.SAID


def test_nobody_is_asked_unless_it_was_chosen() -> None:
    assert not SimulationSettings().interview


@pytest.mark.django_db(transaction=True)
@on_record
@pytest.mark.parametrize("language", ["en", "zh"])
def test_answers_are_on_record_with_the_dialogue_and_in_what_is_exported(language: str) -> None:
    crossed = replace(talks.matrix("gifts/0-2"), scenarios=named(["gifts/0-2"], language=language))
    run = talks.finished(crossed, interview=True, language=language, max_turns=3)
    assert figures_of(run).kept == 6
    plain = talks.finished(crossed, language=language, name="Plain", max_turns=3)
    for dialogue in Dialogue.objects.in_dataset(run.dataset).with_utterances():
        twin = Dialogue.objects.in_dataset(plain.dataset).with_utterances().get(external_id=dialogue.external_id)
        assert [one.text for one in dialogue.utterances.all()] == [one.text for one in twin.utterances.all()]
        said = interview_of(dialogue.metadata)
        assert [one["asked"] for one in said] == ["user", "user", "assistant", "assistant"]
        assert all(one["question"].startswith(("[Interview]", "[访谈]")) and one["answer"] for one in said)
        assert dialogue.labels == {label: dialogue.labels[label] for label in LABELS}
        assert set(dialogue.labels.values()) <= {"yes", "no"}
        assert dialogue.metadata["generated"]["calls"] == twin.metadata["generated"]["calls"] + 4
        assert dialogue.metadata["generated"]["user"] == twin.metadata["generated"]["user"]
        assert interview_of(twin.metadata) == []
        assert twin.labels == {}
    for format in ("jsonl", "recllmsim"):
        first = json.loads(b"".join(export_dialogues(dataset=run.dataset, format=format)).splitlines()[0])
        assert len(first.get("metadata", first)["generated"]["interview"]) == 4, format
    assert {one.label: one.total for one in tallies_of(run)} == dict.fromkeys(LABELS, 6)
    assert all(one.total == 0 for one in tallies_of(plain))


@pytest.mark.django_db(transaction=True)
@on_record
def test_calls_are_counted_for_who_was_asked() -> None:
    user, assistant = talks.endpoint("User", ends_at=2), talks.endpoint("Helper")
    run = talks.finished(talks.matrix("gifts/0", user=user, assistants=[assistant]), interview=True)
    prompts = Counter(
        question_of(one).slug
        for one in Call.objects.filter(prompt_name__contains="_interview_").values_list("prompt_name", flat=True)
    )
    assert prompts == {"completed": 4, "profile": 2, "human": 2}
    assert {share.name: share.calls for share in shares_of(run)} == {"User": 2 * (3 + 2), "Helper": 2 * (2 + 2)}
    assert {share.name: share.plays for share in shares_of(run)} == {"User": "Simulated user", "Helper": "Assistant"}


@pytest.mark.django_db
def test_the_estimate_counts_what_is_asked_afterwards() -> None:
    crossed = talks.matrix("travel/0-4")
    without, with_it = (estimate(crossed, SimulationSettings(interview=on, retries=1)) for on in (False, True))
    assert with_it.calls - without.calls == 4 * 10
    assert with_it.most_calls - without.most_calls == 4 * 10 * 2
    assert with_it.tokens > without.tokens


@pytest.mark.django_db(transaction=True)
@on_record
def test_an_interview_never_costs_a_conversation() -> None:
    """Some calls are turned down: before the end that is a try, after it only an answer that is missing, of four."""
    user = talks.endpoint("User", turned_down=0.06, ends_at=2)
    run = talks.finished(
        talks.matrix("travel/0-7", user=user, assistants=[talks.endpoint("Helper")], profiles=4),
        interview=True,
        retries=9,
    )
    assert run.state == GenerationRun.State.COMPLETE
    assert figures_of(run).kept == 32
    failed = Attempt.objects.filter(calls__state="failed", calls__prompt_name__contains="_interview_").distinct()
    assert failed.count() > 0, "otherwise this shows nothing"
    for attempt in failed:
        assert (attempt.verdict, len(attempt.utterances)) == ("kept", 4)
        assert attempt.dialogue is not None
        said = interview_of(attempt.dialogue.metadata)
        failed_calls = attempt.calls.filter(state="failed", prompt_name__contains="_interview_")
        assert [one["asked"] for one in said] == ["user", "user", "assistant", "assistant"], "the others are asked"
        assert [one["unanswered"] for one in said if not one["answer"]] == ["refused"] * failed_calls.count()
        assert all(label in attempt.dialogue.labels for label in LABELS[1:]), "the assistant is never turned down"
    assert not Attempt.objects.filter(code="no_answer", calls__prompt_name__contains="_interview_").exists()


@pytest.mark.django_db(transaction=True)
@on_record
def test_it_goes_on_where_the_budget_ended_and_asks_nothing_twice() -> None:
    crossed = talks.matrix("travel/0-3", user=talks.endpoint(ends_at=2))
    run = talks.finished(crossed, interview=True, tokens=30_000)
    assert run.state == GenerationRun.State.PAUSED
    raise_limits(run, Limits())
    run = run_here(run)
    assert (run.state, figures_of(run).kept) == (GenerationRun.State.COMPLETE, 8)
    assert Call.objects.count() == 8 * (5 + 4)
    assert all(len(interview_of(one.metadata)) == 4 for one in Dialogue.objects.in_dataset(run.dataset))


def left_at_a_question(run: GenerationRun, *came: str | None) -> Attempt:
    """A conversation whose worker died when so many answers to what is asked afterwards were on record."""
    maker = maker_of(run)
    list(maker.plan_steps())
    attempt = Attempt.objects.create(run=run, planned=Planned.objects.get(run=run), number=1)
    said: list[str | None] = list(talks.played(maker.conversation(attempt.planned))[0])  # type: ignore[attr-defined]
    for place, text in enumerate([*said, *came]):
        question = maker.next(attempt.planned, [*said, *came][:place])
        assert question is not None
        call = Call.objects.create(
            endpoint_id=question.endpoint,
            budget=run.budget,
            subject=f"{attempt.planned_id}/1/{place}",
            state="failed" if text is None else "answered",
            outcome="nonsense" if text is None else "answered",
            answer=text or "",
            prompt_name=question.prompt.name,
            prompt_version=question.prompt.version,
            prompt_digest=question.prompt.digest,
            messages=[],
            settings={},
        )
        AttemptCall.objects.create(attempt=attempt, place=place, call=call)
    return attempt


@pytest.mark.django_db(transaction=True)
@on_record
@pytest.mark.parametrize("came", [[None], ["Yes.", None], ["Yes.", "I was Anna.", None, None]], ids=len)
def test_who_goes_on_after_a_question_without_an_answer_asks_the_others_and_none_twice(
    client: Client, amira: User, came: list[str | None]
) -> None:
    run = talks.begun(talks.matrix("gifts/0", profiles=1), interview=True, retries=0)
    left = left_at_a_question(run, *came)
    before = Call.objects.count()
    run = run_here(run)
    left.refresh_from_db()
    assert (run.state, left.verdict, Attempt.objects.count()) == ("complete", "kept", 1)
    assert Call.objects.count() == before + 4 - len(came)
    assert set(Counter(Call.objects.values_list("subject", flat=True)).values()) == {1}
    dialogue = Dialogue.objects.in_dataset(run.dataset).get()
    assert [bool(one["answer"]) for one in interview_of(dialogue.metadata)] == [
        place >= len(came) or came[place] is not None for place in range(4)
    ]
    assert set(dialogue.labels) == {
        one.label for place, one in enumerate(QUESTIONS) if one.decided and (place >= len(came) or came[place])
    }
    client.force_login(amira)
    page = client.get(f"/datasets/{run.dataset.slug}/dialogues/{dialogue.number}/").content.decode()
    assert page.count("Not answered: no text came back.") == came.count(None)


@pytest.mark.django_db(transaction=True)
@on_record
def test_who_is_rejected_is_not_asked_afterwards() -> None:
    run = talks.finished(talks.matrix("travel/0", user=talks.endpoint(role_swap=1.0)), interview=True, retries=0)
    assert figures_of(run).rejected == {"Q2": 2}
    assert not Call.objects.filter(prompt_name__contains="_interview_").exists()


@pytest.mark.django_db
def test_a_look_at_the_roles_leaves_the_answers_where_they_are(amira: User) -> None:
    run = talks.finished(talks.matrix("gifts/0", profiles=1), interview=True)
    before = Dialogue.objects.in_dataset(run.dataset).get()
    check = say_roles(attempt=Attempt.objects.get(), kept=False, by=amira)
    take_back(check, by=amira)
    after = Dialogue.objects.in_dataset(run.dataset).get()
    assert (after.labels, interview_of(after.metadata)) == (before.labels, interview_of(before.metadata))


@pytest.mark.django_db
def test_pages_show_the_answers_apart_from_what_was_said(client: Client, amira: User) -> None:
    client.force_login(amira)
    run = talks.finished(talks.matrix("gifts/0", user=talks.endpoint(ends_at=2), profiles=1), interview=True)
    dialogue = Dialogue.objects.in_dataset(run.dataset).get()
    pages = {
        name: " ".join(client.get(path).content.decode().split())
        for name, path in {
            "reader": f"/datasets/{run.dataset.slug}/dialogues/{dialogue.number}/",
            "run": f"/generate/runs/{run.pk}/",
            "conversation": f"/generate/runs/{run.pk}/conversations/1/",
            "attempt": f"/generate/runs/{run.pk}/attempts/{Attempt.objects.get().pk}/",
            "roles": f"/generate/runs/{run.pk}/roles/",
        }.items()
    }
    assert "Asked afterwards" in pages["reader"]
    assert pages["reader"].index("Asked afterwards") > pages["reader"].rindex('<li class="turn')
    assert "What both sides said afterwards" in pages["run"]
    for name in ("run", "reader"):
        assert "The assistant: is the user a human?" in pages[name]
    assert pages["attempt"].count(", afterwards") == 4
    for name in ("conversation", "roles"):
        assert "[Interview]" not in pages[name]
        assert "I was this person" not in pages[name]
    assert pages["conversation"].count('<li class="turn') == 5


@pytest.mark.django_db
def test_what_was_answered_is_escaped(client: Client, amira: User) -> None:
    client.force_login(amira)
    run = talks.finished(talks.matrix("gifts/0", profiles=1), interview=True)
    dialogue = Dialogue.objects.in_dataset(run.dataset).get()
    dialogue.metadata["generated"]["interview"][0]["answer"] = "<script>alert(1)</script>\nYes."
    dialogue.save()
    page = client.get(f"/datasets/{run.dataset.slug}/dialogues/{dialogue.number}/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>Yes." in page


@pytest.mark.django_db
@pytest.mark.parametrize("odd", [7, "text", {"interview": 3}, {"interview": ["x", {"asked": "user"}]}])
def test_a_file_may_say_anything_there(client: Client, amira: User, odd: object) -> None:
    client.force_login(amira)
    run = talks.finished(talks.matrix("gifts/0", profiles=1))
    dialogue = Dialogue.objects.in_dataset(run.dataset).get()
    dialogue.metadata["generated"] = odd
    dialogue.save()
    assert client.get(f"/datasets/{run.dataset.slug}/dialogues/{dialogue.number}/").status_code == 200


@pytest.mark.django_db(transaction=True)
@on_record
def test_the_command_interviews_and_says_what_was_answered() -> None:
    pools.pool_of()
    out = StringIO()
    both = ("--user-endpoint", "scripted", "--assistant-endpoint", "scripted", "--profiles", "people")
    call_command("simulate", "--into", "Mine", "--scenarios", "gifts/0", *both, "--interview", "--json", stdout=out)
    said = json.loads(out.getvalue().splitlines()[-1])
    assert [one["label"] for one in said["interview"]] == list(LABELS)
    assert all(one["yes"] + one["no"] + one["unclear"] == 2 for one in said["interview"])
