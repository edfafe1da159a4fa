"""Real reviews become dialogues: Amazon's Digital Music of 2014, by the scripted writer."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from generation.models import Dataset, Dialogue, Planned, Preparation, PreparedReview

pytestmark = pytest.mark.django_db(transaction=True)


def test_all_dialogues_of_digital_music(shared_data: Path) -> None:
    folder = shared_data / "amazon-digital-music"
    reviews, items = folder / "reviews_Digital_Music_5.first6908.json.gz", folder / "item_titles.json"
    call_command("import_reviews", reviews, items=items, dataset="Music", stdout=StringIO())
    how = {"k": 5, "rounding": "ceil", "cleaning": False, "word_rule": "letters"}
    call_command("prepare_reviews", "Music", stdout=StringIO(), **how)
    expected = Preparation.objects.get(state="complete").report["dialogues"]
    out = StringIO()
    call_command(
        *("generate_from_reviews", "Music", "--into", "Written", "--endpoint", "scripted", "--seed", "7"),
        *("--domain", "music", "--json"),
        stdout=out,
    )
    said = json.loads(out.getvalue().splitlines()[-1])
    assert said["state"] == "complete"
    assert said["planned"] + said["impossible"] == expected > 200
    assert said["kept"] >= 0.97 * said["planned"], said["rejected"]
    assert said["kept"] == Dialogue.objects.in_dataset(Dataset.objects.get(name="Written")).count()
    golds = Planned.objects.values_list("person", "subject")
    held = PreparedReview.objects.filter(bucket="might_like")
    assert len(golds) == len(set(golds))
    assert set(golds) <= set(held.values_list("person__external_id", "interaction__item__external_id"))
    assert all(reason for reason in Planned.objects.filter(state="impossible").values_list("reason", flat=True))
