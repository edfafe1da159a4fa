"""While Amira opens a study, Olga deletes what it is made of; or both press the same button."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from annotation.models import Exhibit, Slot, Study
from annotation.services import studies
from annotation.services.checking import check_study
from annotation.services.drafts import delete_draft
from annotation.services.errors import StudyError
from annotation.services.studies import close_study, create_study, open_study
from crsapp.accounts.models import User
from generation.models import Dataset
from generation.services.datasets import delete_dataset
from tests.annotation.stories import make_dataset, protocol_of_blocks, quality

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


@pytest.fixture
def draft() -> Study:
    for slug in ("north", "south"):
        make_dataset(slug, 12)
    return create_study(protocol=protocol_of_blocks(quality()))


def meanwhile(monkeypatch: pytest.MonkeyPatch, place: Any, name: str, happens: Callable[[], object]) -> None:
    """Let something happen just before `name` is done there, once."""
    done, waiting = getattr(place, name), [happens]

    def first(*arguments: Any, **named: Any) -> Any:
        while waiting:
            waiting.pop()()
        return done(*arguments, **named)

    monkeypatch.setattr(place, name, first)


@pytest.mark.parametrize("step", ["shown", "lay_out"])
def test_a_dataset_that_goes_while_a_study_opens(draft: Study, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    south = Dataset.objects.get(slug="south")
    meanwhile(monkeypatch, studies, step, lambda: delete_dataset(dataset=south))
    with pytest.raises(StudyError, match="changed while it was being opened"):
        open_study(study=draft)
    draft.refresh_from_db()
    assert draft.state == Study.State.DRAFT
    assert not Exhibit.objects.exists()


def test_a_draft_that_goes_while_it_opens(draft: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(monkeypatch, studies, "lay_out", lambda: delete_draft(study=draft))
    with pytest.raises(StudyError, match="changed while it was being opened"):
        open_study(study=draft)
    assert not Slot.objects.exists()
    with pytest.raises(StudyError, match="deleted"):
        open_study(study=draft)


def test_the_page_says_that_the_draft_is_gone(
    draft: Study, client: Client, amira: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(amira)
    meanwhile(monkeypatch, studies, "lay_out", lambda: delete_draft(study=draft))
    page = client.post(reverse("annotation:study-open", args=[draft.slug]), follow=True)
    assert "changed while it was being opened" in page.content.decode()


def at_once(act: Callable[..., Study], study: Study) -> list[bool]:
    def attempt(_number: int) -> bool:
        try:
            act(study=Study.objects.get(pk=study.pk))
        except StudyError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as people:
        return list(people.map(attempt, range(4)))


def test_of_many_who_open_and_close_at_once_one_does(draft: Study) -> None:
    assert at_once(open_study, draft).count(True) == 1
    draft.refresh_from_db()
    assert check_study(draft).ok
    assert at_once(close_study, draft).count(True) == 1
    assert [event.kind for event in draft.events.all()].count("closed") == 1
