"""The figures of the command and of the results page are those that follow from what the annotators remember."""

import re
from collections import Counter
from collections.abc import Sequence
from html import unescape
from typing import Any, Literal

import httpx
import pytest

from tests.journeys import recomputed
from tests.journeys.design import CRITERIA, NAMES, SEATS, SLUG
from tests.journeys.person import Said


def prove_figures(figures: dict[str, Any], said: Sequence[Said]) -> None:
    quality, pairs = figures["blocks"]
    assert [one["question"]["criterion"] for one in quality["criteria"]] == list(CRITERIA)
    for one in quality["criteria"]:
        prove_criterion(one, said)
    (preference,) = pairs["preferences"]
    votes = recomputed.standing(said, "preference")
    contest = preference["contest"]
    assert contest["first"]["slug"] == "redial"
    assert contest["rate"]["any_panel"]["value"] == near(recomputed.win_rate(votes, "redial"))
    assert contest["published"]["value"] == near(recomputed.win_rate(votes, "redial"))
    assert contest["majority"]["value"] == near(recomputed.majority_share(votes, "redial"))
    assert preference["left"]["value"] == near(recomputed.left_share(votes))
    assert preference["judgments"] == len(votes)
    prove_agreement(preference["agreement"], said, "preference", "nominal")
    for block in figures["blocks"]:
        answers = [one for one in said if (len(one.seen) == 2) == (block["target"] == "pair")]
        counts = block["counts"]
        assert counts["superseded"] == sum(one.superseded for one in answers)
        assert counts["cannot_judge"] == sum(one.cannot_judge and not one.superseded for one in answers)
        assert counts["judgments"] + counts["cannot_judge"] + counts["superseded"] == len(answers)
        assert counts["places"] == counts["counted"] == len({(one.seat, one.seen) for one in answers})
    assert any(one.superseded for one in said)
    assert any(one.cannot_judge and not one.superseded for one in said)


def prove_criterion(figures: dict[str, Any], said: Sequence[Said]) -> None:
    criterion = figures["question"]["criterion"]
    assert [one["system"]["slug"] for one in figures["means"]] == list(NAMES)
    means = []
    for one in figures["means"]:
        rated = recomputed.standing(said, criterion, one["system"]["slug"])
        means.append(recomputed.mean(rated))
        assert one["estimates"]["any_panel"]["value"] == near(means[-1])
        assert one["plain"] == near(recomputed.plain_mean(rated))
        assert one["distribution"] == {str(value): count for value, count in counted(rated).items()}
    (gap,) = figures["differences"]
    assert gap["estimates"]["any_panel"]["value"] == near(means[0] - means[1])
    prove_agreement(figures["agreement"], said, criterion, "ordinal")


def prove_agreement(
    figures: list[dict[str, Any]], said: Sequence[Said], criterion: str, level: Literal["nominal", "ordinal"]
) -> None:
    told = [one for one in figures if one["coefficient"] in (f"alpha-{level}", "exact")]
    assert {one["coefficient"] for one in told} == {f"alpha-{level}", "exact"}
    for one in told:
        rated = recomputed.standing(said, criterion, one["system"] and one["system"]["slug"])
        value = recomputed.exact(rated) if one["coefficient"] == "exact" else recomputed.alpha(rated, level)
        assert one["estimates"]["any_panel"]["value"] == near(value)
        assert one["estimates"]["any_panel"]["n"]["annotators"] == SEATS


def counted(rated: Sequence[Said]) -> dict[int, int]:
    return dict(sorted(Counter(one.value or 0 for one in rated).items()))


def near(value: float) -> Any:
    return pytest.approx(value, abs=1e-9)


def prove_pages(figures: dict[str, Any], site: str, exported: dict[str, bytes]) -> None:
    """Amira signs in; the page shows the same numbers to as many digits as it shows, and the same files."""
    with httpx.Client(base_url=site, follow_redirects=True, timeout=60) as browser:
        browser.get("/accounts/sign-in/")
        data = {"username": "amira", "password": "amira's long password"}
        browser.post("/accounts/sign-in/", data=data, headers={"X-CSRFToken": browser.cookies["csrftoken"]})
        page = browser.get(f"/studies/{SLUG}/results/?now=1").text
        for name, content in exported.items():
            assert browser.get(f"/studies/{SLUG}/export/{name}/").content == content
    shown = rows_on(page)
    quality, pairs = figures["blocks"]
    expected: dict[tuple[str, str], float] = {}
    for one in quality["criteria"]:
        title = one["question"]["title"]
        expected |= {(title, mean["system"]["name"]): value_of(mean["estimates"]) for mean in one["means"]}
        expected[title, "Difference, ReDial − RecLLMSim"] = value_of(one["differences"][0]["estimates"])
        expected |= agreement_rows(title, one["agreement"])
    (preference,) = pairs["preferences"]
    rate = value_of(preference["contest"]["rate"])
    ahead = "RecLLMSim" if rate < 0.5 else "ReDial"
    expected["Preference", f"{ahead} preferred"] = 100 * max(rate, 1 - rate)
    expected["Preference", "Left dialogue chosen"] = 100 * preference["left"]["value"]
    expected |= agreement_rows("Preference", preference["agreement"])
    for key, value in expected.items():
        assert abs(shown[key][0] - value) <= 0.5001 * 10 ** -shown[key][1], (key, shown[key], value)
    for one in [*quality["criteria"], preference]:
        left_out = f", {one['cannot_judge']} “cannot judge” left out" if one["cannot_judge"] else ""
        assert f"{one['judgments']:,} judgments{left_out}" in page
    lead = re.search(r'<p class="lead">(.*?)</p>', page, re.DOTALL)
    assert lead
    assert f"{ahead} dialogues were preferred" in lead[1]


def agreement_rows(title: str, figures: list[dict[str, Any]]) -> dict[tuple[str, str], float]:
    rows = {}
    for one in figures:
        if not one["coefficient"].startswith("alpha") and one["coefficient"] != "exact":
            continue
        what = one["title"] + (f", {one['system']['name']}" if one["system"] else "")
        rows[title, what] = value_of(one["estimates"]) * (100 if one["coefficient"] == "exact" else 1)
    return rows


def value_of(estimates: dict[str, Any]) -> float:
    return float(estimates["any_panel"]["value"])


def rows_on(page: str) -> dict[tuple[str, str], tuple[float, int]]:
    """Of each row of the tables of figures, under its criterion: the value, and how many decimals it shows."""
    found: dict[tuple[str, str], tuple[float, int]] = {}
    title = ""
    for part in re.finditer(
        r'<summary>(.*?)</summary>|<table class="figures-table[^"]*">(.*?)</table>', page, re.DOTALL
    ):
        if part[1]:
            title = unescape(part[1]).partition(": every coefficient")[0]
        for row in re.findall(r"<tr.*?</tr>", part[2] or "", re.DOTALL):
            group = re.search(r'class="group-title">(.*?)</span>', row)
            cell = re.search(
                r'<th scope="row">(.*?)(?:<sup>.*)?</th>\s*<td class="number[^>]*>(.*?)</td>', row, re.DOTALL
            )
            if group:
                title = unescape(group[1])
            elif cell:
                shown = re.search(r"[−-]?([0-9.]+)", unescape(re.sub(r"<[^>]+>", "", cell[2])))
                if shown:
                    number = shown[0].replace("−", "-")
                    found[title, unescape(cell[1])] = float(number), len(number.partition(".")[2])
    return found
