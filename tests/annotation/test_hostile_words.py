"""Every word that people and models bring is hostile: on no page of researcher or annotator does any of it become
markup."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from annotation.models import Study
from annotation.protocol import from_dict
from annotation.services.participants import create_open_link
from annotation.services.studies import close_study, create_study, open_study
from crsapp.accounts.models import User
from generation.models import Dataset, Person
from tests.annotation import judging_scenes as scenes
from tests.annotation.judging_client import Judge, one

pytestmark = [pytest.mark.django_db]

EVIL = "</script></textarea></title>'\"><b onmouseover=alert(1)>{{7*7}}{% now %}<script src=//evil.example>"


class Marks(HTMLParser):
    """Finds elements and attributes that no page of ours has."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        strange = tag == "b" or any(name.startswith("on") or name == "style" for name in names)
        if strange or "evil.example" in (names.get("src") or ""):
            self.found.append(f"<{tag} {attrs}>")


def marks(client: Client, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    page = Marks()
    page.feed(answer.content.decode())
    return [f"{address}: {mark}" for mark in page.found]


def instrument(slug: str, target: str, scale: str, values: list[int]) -> dict[str, Any]:
    options = [{"value": value, "label": f"{value} {EVIL}"[:100], "anchor": EVIL} for value in values]
    criterion = {"key": "one", "title": EVIL[:100], "question": EVIL, "target": target, "scale": scale}
    beside = ["task", "profile", "history"]
    criteria = [{**criterion, "option": options}]
    return {"slug": slug, "title": EVIL, "description": EVIL, "context": beside, "criterion": criteria}


@pytest.fixture
def study() -> Study:
    for slug in ("amber", "basalt"):
        made = scenes.dataset(slug, [[("user", f"{number} {EVIL}"), ("system", EVIL)] for number in range(3)])
        Dataset.objects.filter(pk=made.pk).update(
            name=f"{slug} {EVIL}", description=EVIL, licence=EVIL, citation=EVIL, domain=EVIL, version=EVIL[:40]
        )
        person = Person.objects.create(dataset=made, external_id=EVIL[:90], profile=EVIL)
        made.dialogues.update(situation=EVIL, person=person)
    samples = [{"dataset": slug, "size": 1} for slug in ("amber", "basalt")]
    common = {"name": EVIL[:100], "design": "panel", "annotators": 1, "sample": samples}
    protocol = {
        "title": EVIL,
        "slug": "evil",
        "guidelines": EVIL,
        "consent": EVIL,
        "completion_code": EVIL[:100],
        "language": "'\"><b>",
        "instrument": [
            instrument("own-rating", "utterance", "ordinal", [0, 1]),
            instrument("own-choice", "pair", "preference", [1, 2]),
        ],
        "block": [
            {**common, "instruments": ["own-rating"]},
            {**common, "target": "pair", "instruments": ["own-choice"], "pairing": {"size": 1}},
        ],
    }
    return create_study(protocol=from_dict(protocol))


def test_no_page_takes_words_for_markup(study: Study, client: Client, amira: User) -> None:
    User.objects.filter(pk=amira.pk).update(first_name=EVIL[:150], role=User.Role.OWNER)
    client.force_login(amira)
    ways = [reverse("annotation:study-edit", args=["evil", step]) for step in ("compare", "ask", "who", "open")]
    ways += [reverse(f"annotation:study-{name}", args=["evil"]) for name in ("detail", "protocol", "record")]
    ways += [f"{reverse('annotation:study-preview', args=['evil'])}?block={block}" for block in (1, 2)]
    ways += [reverse("home"), reverse("annotation:study-list"), reverse("annotation:study-new")]
    ways += [reverse("accounts:people"), reverse("generation:dataset-list")]
    ways += [f"/datasets/amber/{more}" for more in ("", "?figures", "edit/", "delete/", "dialogues/", "dialogues/1/")]
    found = [mark for way in ways for mark in marks(client, way)]
    open_study(study=study)
    create_open_link(study=study, cap=3, label=EVIL[:100])
    ben = Judge(scenes.personal_link(study))
    found += marks(Client(), reverse("annotation:enter", args=[study.links.get(kind="open").token]))
    while "data-unit" in ben.next().content.decode():
        found += marks(ben.client, ben.path("judge"))
        data = ben.data()
        answers = [one(data["criteria"][at]["instrument"], "one", place, 1, reason=EVIL) for at, place in data["steps"]]
        assert not ben.answer(*answers).json()["refused"]  # type: ignore[attr-defined]
        ben.submit()
    found += marks(ben.client, ben.path("judge"))
    close_study(study=study)
    ways += [reverse("evaluation:results", args=["evil"]), reverse("evaluation:judgments", args=["evil"])]
    found += [mark for way in ways if "/edit/" not in way or "datasets" in way for mark in marks(client, way)]
    assert not found
