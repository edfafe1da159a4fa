"""A study begins: with the paper's design, from scratch, from a file, as a copy."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from annotation.models import Study
from annotation.protocol import to_toml
from annotation.services.material import protocol_of
from annotation.services.studies import create_study, open_study
from crsapp.accounts.models import User
from tests.annotation.stories import make_dataset, pairs, protocol_of_blocks, quality

pytestmark = pytest.mark.django_db

NEW = reverse("annotation:study-new")


@pytest.fixture
def desk(client: Client, amira: User) -> Client:
    """Amira, signed in, with two datasets."""
    make_dataset("north", 70)
    make_dataset("south", 70)
    client.force_login(amira)
    return client


def test_the_papers_design_is_one_click_and_can_be_opened(desk: Client) -> None:
    answer = desk.post(NEW, {"start": "paper", "paper-title": "Ours", "paper-first": "north", "paper-second": "south"})
    study = Study.objects.get()
    assert answer["Location"] == reverse("annotation:study-edit", args=[study.slug, "compare"])
    first, second = protocol_of(study).blocks
    assert (first.target, first.units, first.annotators, first.instruments) == (
        "dialogue",
        20,
        7,
        ("utterance-quality",),
    )
    assert (second.target, second.units, second.annotators) == ("pair", 50, 7)
    assert [sample.dataset for sample in second.samples] == ["north", "south"]
    assert open_study(study=study).state == Study.State.OPEN


def test_the_same_title_twice_gives_two_studies_with_addresses_of_their_own(desk: Client) -> None:
    for _ in range(2):
        desk.post(NEW, {"start": "scratch", "scratch-title": "Films"})
    assert sorted(Study.objects.values_list("slug", flat=True)) == ["films", "films-2"]


def test_a_title_without_plain_letters_still_has_an_address(desk: Client) -> None:
    desk.post(NEW, {"start": "scratch", "scratch-title": "对话评价"})
    study = Study.objects.get()
    assert (study.slug, study.title) == ("study", "对话评价")


def test_a_dataset_is_not_compared_with_itself(desk: Client) -> None:
    answer = desk.post(NEW, {"start": "paper", "paper-title": "x", "paper-first": "north", "paper-second": "north"})
    assert answer.status_code == 422
    assert "Choose another dataset" in answer.content.decode()
    assert not Study.objects.exists()


def test_a_protocol_file_comes_back_as_it_went_out(desk: Client) -> None:
    protocol = protocol_of_blocks(quality(), pairs())
    file = SimpleUploadedFile("mine.toml", to_toml(protocol).encode())
    desk.post(NEW, {"start": "file", "file-file": file})
    assert protocol_of(Study.objects.get()) == protocol


def test_a_broken_protocol_is_refused_with_each_place_and_keeps_its_text(desk: Client) -> None:
    text = 'title = "<i>Half"\n[[block]]\nname = "A"\ninstruments = ["no-such"]\nannotators = 0\n'
    answer = desk.post(NEW, {"start": "file", "file-text": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "there is no instrument “no-such”" in page
    assert "block 1: `annotators` is 0" in page
    assert "&lt;i&gt;Half" in page
    assert not Study.objects.exists()


def test_the_text_of_a_broken_file_is_shown_to_be_mended(desk: Client) -> None:
    file = SimpleUploadedFile("mine.toml", b'title = "Unfinished')
    page = desk.post(NEW, {"start": "file", "file-file": file}).content.decode()
    assert "This is not TOML" in page
    assert "title = &quot;Unfinished" in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"x" * 2_000_001, "larger than 2 MB"),
        (b"", "The submitted file is empty"),
    ],
)
def test_what_is_no_protocol_is_refused_in_words(desk: Client, content: bytes, words: str) -> None:
    answer = desk.post(NEW, {"start": "file", "file-file": SimpleUploadedFile("x.toml", content)})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_copy_is_a_draft_of_its_own(desk: Client) -> None:
    original = create_study(protocol=protocol_of_blocks(quality()))
    desk.post(NEW, {"start": "copy", "copy-study": original.slug})
    copied = Study.objects.exclude(pk=original.pk).get()
    assert copied.state == Study.State.DRAFT
    assert protocol_of(copied).blocks == protocol_of(original).blocks


def test_without_datasets_the_paper_sends_one_to_import(client: Client, amira: User) -> None:
    client.force_login(amira)
    page = client.get(NEW).content.decode()
    assert "there is none here yet" in page
    assert reverse("generation:import-new") in page


def test_nonsense_begins_nothing(desk: Client) -> None:
    assert desk.post(NEW, {"start": "magic"}).status_code == 422
    assert desk.post(NEW, {"start": "scratch", "scratch-title": " "}).status_code == 422
    assert not Study.objects.exists()


def test_ben_is_refused(client: Client, ben: User) -> None:
    client.force_login(ben)
    assert client.post(NEW, {"start": "scratch", "scratch-title": "Mine"}).status_code == 403
    assert not Study.objects.exists()
