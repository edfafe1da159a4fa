"""What runs and enquiries do alike while they ask: they pause where one thing after the other is left unanswered."""

import pytest

from generation.models import Call, Endpoint
from generation.services.enquiries import steering
from generation.services.enquiries.here import enquire_here
from generation.services.outages import UNANSWERED_IN_A_ROW
from generation.services.runs.here import run_here
from tests.generation import run_scenes
from tests.generation.dataset_scenes import TALK, dataset

pytestmark = pytest.mark.django_db
WHY = "Scripted: this request is not taken."
MOST = UNANSWERED_IN_A_ROW + 4
"""Two fly at a time, and two more are on record."""


def deaf() -> Endpoint:
    endpoint = run_scenes.scripted(turned_down=1.0)
    endpoint.in_flight = 2
    endpoint.save()
    return endpoint


def test_an_enquiry_pauses_after_five_texts_in_a_row() -> None:
    films = dataset("Films", [[f"{n}: {text}, I hope so." for text in TALK] for n in range(10)])
    enquiry = enquire_here(
        steering.start_enquiry(dataset=films, kind="translation", endpoint=deaf(), language="de", here=True)
    )
    assert (enquiry.state, enquiry.why) == ("paused", WHY)
    assert UNANSWERED_IN_A_ROW <= enquiry.texts.failed().count() == Call.objects.count() <= MOST
    assert enquiry.texts.to_do().exists()


def test_a_run_pauses_after_five_dialogues_in_a_row() -> None:
    run = run_here(run_scenes.begun(endpoint=deaf(), retries=0))
    assert (run.state, run.why) == ("paused", WHY)
    assert UNANSWERED_IN_A_ROW <= Call.objects.count() <= MOST
