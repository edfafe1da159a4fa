"""A draft under two pairs of hands: saved only over what was seen, deleted only while it is one."""

from dataclasses import replace

import pytest

from annotation.models import Study
from annotation.protocol import ProtocolError, digest
from annotation.services.drafts import DraftChangedError, delete_draft, free_slug, save_draft
from annotation.services.errors import StudyError
from annotation.services.material import protocol_of
from annotation.services.studies import create_study, open_study
from tests.annotation.stories import make_dataset, protocol_of_blocks, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def draft(db: None) -> Study:
    make_dataset("north", 6)
    make_dataset("south", 6)
    return create_study(protocol=protocol_of_blocks(quality()))


def test_a_draft_is_saved_over_what_was_seen(draft: Study) -> None:
    seen = protocol_of(draft)
    save_draft(study=draft, protocol=replace(seen, title="Amira's"), seen=digest(seen))
    draft.refresh_from_db()
    assert draft.title == "Amira's"


def test_a_draft_that_changed_in_between_is_left_alone(draft: Study) -> None:
    seen = protocol_of(draft)
    save_draft(study=draft, protocol=replace(seen, title="Amira's"), seen=digest(seen))
    with pytest.raises(DraftChangedError):
        save_draft(study=draft, protocol=replace(seen, title="Olga's"), seen=digest(seen))
    draft.refresh_from_db()
    assert draft.title == "Amira's"


def test_a_protocol_that_cannot_be_read_back_is_refused(draft: Study) -> None:
    seen = protocol_of(draft)
    with pytest.raises(ProtocolError, match="no instrument"):
        save_draft(
            study=draft,
            protocol=replace(seen, blocks=(replace(seen.blocks[0], instruments=("no",)),)),
            seen=digest(seen),
        )


def test_an_open_study_is_neither_saved_nor_deleted(draft: Study) -> None:
    seen = protocol_of(draft)
    open_study(study=draft)
    with pytest.raises(StudyError, match="frozen"):
        save_draft(study=draft, protocol=replace(seen, title="Late"), seen=digest(seen))
    with pytest.raises(StudyError, match="only a draft"):
        delete_draft(study=draft)
    assert Study.objects.filter(pk=draft.pk, title="North v. South").exists()


def test_deleting_twice_does_no_harm(draft: Study) -> None:
    delete_draft(study=draft)
    delete_draft(study=draft)
    with pytest.raises(StudyError, match="deleted in the meantime"):
        save_draft(study=draft, protocol=protocol_of_blocks(quality()), seen="")


def test_an_address_is_free(draft: Study) -> None:
    assert free_slug("North v. South!") == "north-v-south-2"
    assert free_slug("研究") == "study"
    assert len(free_slug("a" * 300)) <= 80
