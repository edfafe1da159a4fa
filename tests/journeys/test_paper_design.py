"""LLM-REDIAL's human evaluation: dialogues of two datasets rated turn by turn and preferred in pairs, by seven people
over HTTP against real web processes. What they remember is what the figures, the page and the export say."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from annotation.models import Study
from annotation.services.participants import create_personal_links
from crsapp.accounts.models import User
from tests.journeys.commands import command
from tests.journeys.design import NAMES, SEATS, SLUG, Design, Judged, written_files
from tests.journeys.habits import judge_everything
from tests.journeys.originals import by_what_is_shown
from tests.journeys.person import Person
from tests.journeys.proof_of_export import prove_balance, prove_export
from tests.journeys.proof_of_figures import prove_figures, prove_pages


def held(design: Design, site: str, folder: Path) -> Judged:
    """From two files to a closed study, by commands; seven people judge by their links."""
    for slug, path in design.files.items():
        command("import_dialogues", path, "--format", slug, "--dataset", NAMES[slug])
    protocol = folder / "protocol.toml"
    protocol.write_text(design.protocol)
    slug = command("create_study", protocol)["slug"]
    assert slug == SLUG
    command("open_study", slug)
    study = Study.objects.get(slug=slug)
    links = create_personal_links(study=study, count=SEATS)
    known = by_what_is_shown(design.originals)
    people = [Person(site, link.token, link.seat.number, known) for link in links if link.seat]
    assert sorted(person.seat for person in people) == list(range(1, SEATS + 1))
    with ThreadPoolExecutor(SEATS) as pool:
        list(pool.map(judge_everything, people))
    command("close_study", slug)
    assert command("check_study", slug)["ok"]
    return Judged(design, people, dict(study.annotators.values_list("seat__number", "pseudonym")))


def prove(judged: Judged, site: str, folder: Path) -> None:
    """Nobody was spared, the design is balanced, and every number is the one that they remember."""
    design, said = judged.design, judged.said
    assert all(len(person.finished) == 2 * design.size + design.pairs for person in judged.people)
    assert {one.revision for one in said} >= {1, 2}
    assert any(one.cannot_judge for one in said)
    assert any(one.reason for one in said)
    prove_balance(judged)
    exported = prove_export(judged, folder)
    figures = command("study_results", SLUG)
    prove_figures(figures, said)
    prove_pages(figures, site, exported)


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_seven_people_on_our_own_dialogues(live_site: str, amira: User, tmp_path: Path) -> None:
    design = Design(size=5, pairs=9, turns=(3, 9), files=written_files(tmp_path, 20))
    prove(held(design, live_site, tmp_path), live_site, tmp_path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.shared_data
def test_the_papers_own_design_on_the_real_files(
    live_site: str, amira: User, tmp_path: Path, shared_data: Path
) -> None:
    files = {
        "redial": shared_data / "redial" / "test_data.jsonl.gz",
        "recllmsim": shared_data / "recllmsim" / "conversations.jsonl.gz",
    }
    design = Design(size=10, pairs=50, turns=(4, 12), files=files)
    prove(held(design, live_site, tmp_path), live_site, tmp_path)
