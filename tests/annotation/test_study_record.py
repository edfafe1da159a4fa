"""The record of a study: lines are only ever added, and one that was changed shows."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from annotation.chain import Line, chain_problems, line_digest, settled
from annotation.models import Event, RecordError, Study
from annotation.services.checking import check_study
from annotation.services.recording import record, record_problems
from annotation.services.studies import create_study
from crsapp.accounts.models import User
from tests.annotation.stories import opened, pairs, people, protocol_of_blocks
from tests.services import ROOT

pytestmark = pytest.mark.django_db
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def study(amira: User) -> Study:
    study = create_study(protocol=protocol_of_blocks(pairs()), by=amira)
    record(study=study, kind="looked", by=amira, reason="A pilot", share=0.25, whole=2.0)
    record(study=study, kind="link revoked", link=7)
    return study


def behind_the_back(study: Study, line: int, **changes: Any) -> None:
    """What no code of ours does: straight into the table."""
    models.QuerySet(Event).filter(study=study, number=line).update(**changes)


def test_lines_are_numbered_and_say_who_it_was_then(study: Study, amira: User) -> None:
    amira.first_name, amira.last_name = "Amira", "Haddad"
    amira.save()
    record(study=study, kind="closed", by=amira)
    assert list(study.events.values_list("number", "kind", "who")) == [
        (1, "created", "amira"),
        (2, "looked", "amira"),
        (3, "link revoked", ""),
        (4, "closed", "Amira Haddad"),
    ]
    assert record_problems(study) == []


def test_an_annotator_with_an_account_is_not_named(study: Study, ben: User) -> None:
    line = record(study=study, kind="withdrew", by=ben, annotator="annotator-01")
    assert (line.who, line.by) == ("", None)


def test_a_colleague_who_is_gone_stays_named_and_breaks_nothing(study: Study, amira: User) -> None:
    amira.delete()
    assert study.events.get(number=2).who == "amira"
    assert record_problems(study) == []


@pytest.mark.parametrize(
    "attempt",
    [
        lambda line: line.save(),
        lambda line: line.delete(),
        lambda line: Event.objects.filter(pk=line.pk).update(kind="nothing"),
        lambda line: line.study.events.all().delete(),
        lambda line: Event.objects.bulk_update([line], ["kind"]),
        lambda line: Event.objects.bulk_create([line]),
    ],
)
def test_no_line_is_changed_or_deleted(study: Study, attempt: Callable[[Event], object]) -> None:
    with pytest.raises(RecordError):
        attempt(study.events.get(number=2))
    assert study.events.count() == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"detail": {"reason": "To check the forms"}}, "line 2 was changed"),
        ({"kind": "checked"}, "line 2 was changed"),
        ({"who": "mallory"}, "line 2 was changed"),
        ({"at": NOON}, "line 2 was changed"),
        ({"previous": "0" * 64}, "line 2 does not follow"),
        ({"digest": "0" * 64}, "line 3 does not follow"),
        ({"number": 9}, "line 2 is missing"),
    ],
)
def test_what_mallory_changed_shows(study: Study, changes: dict[str, Any], words: str) -> None:
    behind_the_back(study, 2, **changes)
    assert any(words in problem for problem in record_problems(study)), record_problems(study)


def test_a_line_taken_out_shows_in_the_check_of_the_study() -> None:
    study = opened(pairs())
    assert check_study(study).ok
    models.QuerySet(Event).filter(study=study, number=1)._raw_delete("default")  # type: ignore[attr-defined]
    assert any("record: line 1 is missing" in problem for problem in check_study(study).problems)


@given(details=st.lists(st.dictionaries(st.text(max_size=5), JSON, max_size=3), min_size=2, max_size=4))
def test_any_change_of_any_line_breaks_the_chain(details: list[dict[str, Any]]) -> None:
    lines: list[Line] = []
    for number, detail in enumerate(details, start=1):
        previous = lines[-1].digest if lines else ""
        digest = line_digest("s", number, NOON, "kind", "", detail, previous)
        lines.append(Line(number, NOON, "kind", "", json.loads(json.dumps(settled(detail))), previous, digest))
    assert list(chain_problems("s", lines)) == []
    assert list(chain_problems("another", lines))
    assert list(chain_problems("s", lines[1:]))
    assert list(chain_problems("s", lines[::-1]))


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_many_write_at_once_and_the_chain_holds(amira: User) -> None:
    study = create_study(protocol=protocol_of_blocks(pairs()), by=amira)

    def write(number: int) -> None:
        try:
            record(study=study, kind="looked", by=amira, reason=str(number))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert list(study.events.values_list("number", flat=True)) == list(range(1, 42))
    assert record_problems(study) == []


def page(client: Client, amira: User, study: Study, **asked: str) -> str:
    client.force_login(amira)
    return client.get(reverse("annotation:study-record", args=[study.slug]), asked).content.decode()


def test_amira_reads_from_the_oldest_line_to_the_newest(client: Client, amira: User, study: Study) -> None:
    shown = page(client, amira, study)
    assert (
        shown.index("Created</td>")
        < shown.index("Looked at the datasets by name</td>")
        < shown.index("Link revoked</td>")
    )
    assert "3 lines, each as it was written" in shown
    assert study.events.get(number=3).digest in shown


def test_amira_filters_by_kind_and_searches(client: Client, amira: User, study: Study) -> None:
    assert "Link revoked</td>" not in page(client, amira, study, kind="looked")
    found = page(client, amira, study, search="a PILOT")
    assert "A pilot" in found
    assert "Link revoked</td>" not in found
    assert "No line says this" in page(client, amira, study, search="zebra")


def test_annotators_are_shown_by_their_pseudonym_of_today(client: Client, amira: User) -> None:
    study = opened(pairs())
    anna = people(study, 1)[0]
    record(study=study, kind="annotator removed", by=amira, annotator=anna.pk, reason="asked to stop")
    assert "annotator-01" in page(client, amira, study)
    anna.pseudonym = "withdrawn-4f"
    anna.save()
    assert "withdrawn-4f" in page(client, amira, study, search="withdrawn-4f")
    said = StringIO()
    call_command("study_record", study.slug, stdout=said)
    assert "annotator withdrawn-4f" in said.getvalue()


def test_a_long_record_comes_in_pages(client: Client, amira: User, study: Study) -> None:
    for number in range(120):
        record(study=study, kind="looked", reason=f"the {number}th")
    assert "the 10th" in page(client, amira, study)
    second = page(client, amira, study, page="2", kind="looked")
    assert "the 119th" in second
    assert "the 10th" not in second
    assert "kind=looked" in second


def test_a_changed_record_says_so_on_its_page(client: Client, amira: User, study: Study) -> None:
    behind_the_back(study, 2, detail={})
    assert "line 2 was changed after it was written" in page(client, amira, study)


def test_the_file_can_be_checked_elsewhere(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    answer = client.get(reverse("annotation:study-record-file", args=[study.slug]))
    rows = [json.loads(row) for row in b"".join(answer).splitlines()]  # type: ignore[arg-type]
    lines = [
        Line(
            row["number"], datetime.fromisoformat(row["at"]), row["kind"], row["who"], row["detail"], row["previous"],
            row["digest"],
        )
        for row in rows
    ]  # fmt: skip
    assert list(chain_problems(rows[0]["study"], lines)) == []
    assert len(lines) == 3


def test_the_documented_script_checks_the_file(study: Study, tmp_path: Path) -> None:
    """The few lines of `docs/exclusions.md`, run as they stand there."""
    documented = re.search(r"```python\n(.*?)```", (ROOT / "docs/exclusions.md").read_text(encoding="utf-8"), re.DOTALL)
    assert documented is not None
    record(study=study, kind="looked", reason="für später", share=0.1 + 0.2, tiny=1e-7)
    written = StringIO()
    call_command("study_record", study.slug, json=True, stdout=written)
    file = tmp_path / "record.jsonl"
    for text, good in ((written.getvalue(), True), (written.getvalue().replace("A pilot", "No pilot"), False)):
        file.write_text(text, encoding="utf-8")
        done = subprocess.run([sys.executable, "-c", documented[1], str(file)], capture_output=True, text=True)
        assert (done.returncode == 0) is good, done.stderr
        if good:
            assert done.stdout.strip() == study.events.get(number=4).digest


def test_the_command_prints_the_record_and_fails_where_it_was_changed(study: Study) -> None:
    said, written = StringIO(), StringIO()
    call_command("study_record", study.slug, stdout=said)
    assert "Looked at the datasets by name  " in said.getvalue()
    assert "reason A pilot" in said.getvalue()
    call_command("study_record", study.slug, json=True, stdout=written)
    assert [json.loads(line)["number"] for line in written.getvalue().splitlines()] == [1, 2, 3]
    behind_the_back(study, 1, kind="nothing")
    with pytest.raises(CommandError, match="changed in 1 places"):
        call_command("study_record", study.slug, stdout=said, stderr=said)
