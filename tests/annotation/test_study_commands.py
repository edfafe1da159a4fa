"""The same from the command line: one JSON object as the last line, a clear sentence when something is wrong."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Slot, Study
from annotation.protocol import to_toml
from annotation.services.assignments import claim
from tests.annotation.stories import expire, make_dataset, opened, people, protocol_of_blocks, quality

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def run(*command: object) -> dict[str, Any]:
    out = StringIO()
    call_command(*map(str, command), "--json", stdout=out, stderr=StringIO())
    result: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return result


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "protocol.toml"
    path.write_text(to_toml(protocol_of_blocks(quality())), encoding="utf-8")
    return path


def test_from_a_file_to_a_closed_study(toml: Path, db: None) -> None:
    make_dataset("north", 4)
    make_dataset("south", 4)
    assert run("create_study", toml) == {"slug": "north-v-south", "title": "North v. South", "state": "draft"}
    opened_study = run("open_study", "north-v-south")
    assert (opened_study["units"], opened_study["slots"], len(opened_study["digest"])) == (6, 18, 64)
    assert len(opened_study["warnings"]) == 2
    assert run("check_study", "north-v-south")["ok"] is True
    closed = run("close_study", "north-v-south")
    assert (closed["state"], closed["ok"], closed["problems"]) == ("closed", True, [])


def test_a_broken_protocol_is_refused_with_every_problem(toml: Path) -> None:
    toml.write_text("titel = 'a'\nseed = -1", encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        run("create_study", toml)
    assert "did you mean `title`" in str(refused.value)
    assert "`seed` is -1" in str(refused.value)
    assert not Study.objects.exists()


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name in ("missing.toml", "binary"):
        with pytest.raises(CommandError, match="cannot be read"):
            run("create_study", tmp_path / name)


def test_an_address_that_is_taken_is_refused_and_another_can_be_given(toml: Path) -> None:
    run("create_study", toml)
    with pytest.raises(CommandError, match="already a study"):
        run("create_study", toml)
    assert run("create_study", toml, "--slug", "second")["slug"] == "second"


@pytest.mark.parametrize("command", ["open_study", "close_study", "check_study", "release_leases"])
def test_an_unknown_study_is_refused_and_the_known_ones_named(command: str, toml: Path) -> None:
    run("create_study", toml)
    with pytest.raises(CommandError, match=r"There is no study “nope”\. Studies: north-v-south"):
        run(command, "nope")


def test_steps_out_of_order_are_refused(toml: Path) -> None:
    run("create_study", toml)
    with pytest.raises(CommandError, match="Only an open study"):
        run("close_study", "north-v-south")
    with pytest.raises(CommandError, match="dataset “north” does not exist"):
        run("open_study", "north-v-south")


def test_a_check_that_finds_something_fails_the_command(db: None) -> None:
    study = opened(quality())
    Slot.objects.all()[0].delete()
    with pytest.raises(CommandError, match=r"found \d+ problem"):
        run("check_study", study.slug)


def test_leases_can_be_taken_back_by_hand(db: None) -> None:
    study = opened(quality())
    (ben,) = people(study, 1)
    assignment = claim(annotator=ben)
    assert assignment
    expire(assignment)
    assert run("release_leases", study.slug) == {"released": 1}
    assert run("release_leases") == {"released": 0}
