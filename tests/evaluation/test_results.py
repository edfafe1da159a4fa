"""The results page: what it shows, to whom, and when."""

import re
from html import unescape

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotation.models import Annotator, Event, Judgment, Study
from crsapp.accounts.models import User
from evaluation.reports import study_figures
from evaluation.rows import PLAIN
from evaluation.sentences import interval_of, value_of
from tests.evaluation.factories import make_dataset, make_study, rate

pytestmark = pytest.mark.django_db


def page(client: Client, study: Study, name: str = "results") -> str:
    response = client.get(reverse(f"evaluation:{name}", args=[study.slug]))
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode())


def reopen(study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(state=Study.State.OPEN, closed=None)


def test_amira_reads_the_sentence_first_then_figure_table_and_method(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    text = page(client, study)
    contest = study_figures(study, unblinded=True).blocks[1].preferences[0].contest
    assert contest is not None
    rate = contest.preferred_rate.any_panel
    sentence = text.index(f"Ours dialogues were preferred to Theirs dialogues in {value_of(rate, percent=True)}")
    assert f"interval {interval_of(rate, percent=True)}, other annotators like these; 20 pairs × 7 annotators" in text
    assert sentence < text.index('<figure class="plot') < text.index("<table") < text.index("How this was computed")
    assert "1 “cannot judge” left out" in text
    assert study.digest in text


def test_every_figure_of_the_page_is_that_of_the_report(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    text = page(client, study)
    for criterion in study_figures(study, unblinded=True).blocks[0].criteria:
        for mean in criterion.means:
            assert mean.estimates is not None
            assert f"{value_of(mean.estimates.any_panel)} [{interval_of(mean.estimates.any_panel)}]" in text
        for gap in criterion.differences:
            assert interval_of(gap.estimates.any_panel) in text
            assert interval_of(gap.estimates.this_panel) in text
        for one in criterion.agreement:
            assert value_of(one.estimates.headline, percent=one.coefficient in PLAIN) in text


def test_looking_at_results_writes_nothing(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    before = (Event.objects.count(), Judgment.objects.count())
    page(client, study)
    page(client, study)
    assert (Event.objects.count(), Judgment.objects.count()) == before


def test_the_signed_out_are_asked_to_sign_in_and_ben_is_refused(client: Client, ben: User, study: Study) -> None:
    for name in ("results", "results-figures", "results-details", "judgments"):
        assert client.get(reverse(f"evaluation:{name}", args=[study.slug])).status_code == 302
    client.force_login(ben)
    for name in ("results", "results-figures", "results-details", "judgments"):
        assert client.get(reverse(f"evaluation:{name}", args=[study.slug])).status_code == 403
    assert client.post(reverse("evaluation:look", args=[study.slug]), {"reason": "curious"}).status_code == 403
    assert client.get(reverse("evaluation:export", args=[study.slug, "csv"])).status_code == 403


def test_an_open_study_shows_agreement_and_nothing_that_tells_systems_apart(
    client: Client, amira: User, study: Study
) -> None:
    reopen(study)
    client.force_login(amira)
    text = page(client, study)
    assert "Krippendorff" in text
    assert "Left dialogue chosen" in text
    for hidden in ("Ours", "Theirs", "preferred to", "Difference,", "Majority", '<figure class="plot'):
        assert hidden not in text
    for part in ("results-figures", "results-details"):
        found = page(client, study, part)
        assert "Ours" not in found
        assert "judgments/?" not in found
    hidden = study_figures(study, unblinded=False).blocks[1]
    assert (hidden.beside, hidden.preferences[0].contest, hidden.time and hidden.time.systems) == ((), None, ())
    response = client.get(reverse("evaluation:judgments", args=[study.slug]))
    assert response.status_code == 302


def test_a_recorded_look_shows_the_differences_in_this_browser_alone(
    client: Client, amira: User, olga: User, study: Study
) -> None:
    reopen(study)
    client.force_login(amira)
    response = client.post(reverse("evaluation:look", args=[study.slug]), {"reason": "the money runs out"})
    assert response.status_code == 302
    event = Event.objects.get(study=study, kind="looked")
    assert (event.by, event.detail["reason"], event.detail["at"]) == (amira, "the money runs out", "results")
    assert "preferred to" in page(client, study)
    assert "Ours" in page(client, study, "judgments")
    other = Client()
    other.force_login(olga)
    assert "preferred to" not in page(other, study)


def test_a_look_ends_after_an_hour(client: Client, amira: User, study: Study) -> None:
    reopen(study)
    client.force_login(amira)
    client.post(reverse("evaluation:look", args=[study.slug]), {"reason": "to plan"})
    session = client.session
    session["looks"] = {str(study.pk): session["looks"][str(study.pk)] - 3601}
    session.save()
    assert "preferred to" not in page(client, study)


def test_a_look_wants_a_reason(client: Client, amira: User, study: Study) -> None:
    reopen(study)
    client.force_login(amira)
    response = client.post(reverse("evaluation:look", args=[study.slug]), {"reason": "  "})
    assert response.status_code == 400
    assert "Say in a few words why you look" in response.content.decode()
    assert not Event.objects.filter(kind="looked").exists()


def test_whoever_judges_sees_no_results_until_the_study_closes(client: Client, amira: User, study: Study) -> None:
    reopen(study)
    Annotator.objects.filter(study=study, pseudonym="annotator 1").update(user=amira)
    client.force_login(amira)
    for name in ("results", "results-figures", "results-details", "judgments"):
        response = client.get(reverse(f"evaluation:{name}", args=[study.slug]))
        assert response.status_code == 403
        assert "You judge in this study" in response.content.decode()
    for url in (reverse("evaluation:look", args=[study.slug]), reverse("evaluation:export", args=[study.slug, "csv"])):
        assert client.post(url, {"reason": "please"}).status_code == 403
    assert not Event.objects.filter(kind="looked").exists()
    Study.objects.filter(pk=study.pk).update(state=Study.State.CLOSED)
    assert "preferred to" in page(client, study)


def test_whoever_judges_by_a_link_in_this_browser_sees_no_results_either(
    client: Client, amira: User, study: Study
) -> None:
    reopen(study)
    client.force_login(amira)
    session = client.session
    session["annotators"] = {str(study.pk): study.annotators.get(pseudonym="annotator 2").pk}
    session.save()
    assert client.get(reverse("evaluation:results", args=[study.slug])).status_code == 403


def test_a_study_without_judgments_says_what_would_be_here(client: Client, amira: User) -> None:
    client.force_login(amira)
    one, two = make_dataset("one", "One", 2), make_dataset("two", "Two", 2)
    made = make_study("fresh", [one, two], size=2, pairs=2, state=Study.State.OPEN)
    assert "Make links for annotators" in page(client, made)
    Study.objects.filter(pk=made.pk).update(state=Study.State.CLOSED, closed=timezone.now())
    assert "closed before anybody had judged" in page(client, made)
    draft = Study.objects.create(slug="draft", title="Draft")
    assert "Not opened yet" in page(client, draft)


def test_a_large_study_sends_its_figures_after_the_page(
    client: Client, amira: User, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evaluation.views.results.AT_ONCE", 10)
    client.force_login(amira)
    frame = page(client, study)
    assert "<table" not in frame
    assert "20 pairs of dialogues, all judged by the same 7 annotators. Asked: Preference." in frame
    assert f'hx-get="{reverse("evaluation:results-figures", args=[study.slug])}"' in frame
    assert "These figures did not come." in frame
    first = page(client, study, "results-figures")
    assert "preferred to" in first
    assert "Krippendorff" not in first
    assert f'hx-get="{reverse("evaluation:results-details", args=[study.slug])}"' in first
    then = page(client, study, "results-details")
    for shown in ("Krippendorff", "Cohen", "Gwet", "ICC(2,1)", "rated higher", "annotator 7", "42 s"):
        assert shown in then
    whole = page(client, study)
    assert "preferred to" in whole
    assert "Krippendorff" in whole
    later = ("results-split", "results-labels")
    assert re.findall(r"hx-get=\"([^\"]+)", whole) == [reverse(f"evaluation:{one}", args=[study.slug]) for one in later]


def test_without_scripts_the_figures_are_one_link_away(
    client: Client, amira: User, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evaluation.views.results.AT_ONCE", 10)
    client.force_login(amira)
    url = reverse("evaluation:results", args=[study.slug])
    assert f'<noscript><p><a href="{url}?now=1">' in page(client, study)
    assert "preferred to" in client.get(url, {"now": "1"}).content.decode()


def test_every_coefficient_of_the_page_is_that_of_the_report_and_undefined_says_why(
    client: Client, amira: User, study: Study
) -> None:
    client.force_login(amira)
    text = page(client, study, "results-details")
    agreement = study_figures(study, unblinded=True).blocks[0].criteria[0].agreement
    assert len({one.coefficient for one in agreement}) > 10
    assert {one.system.slug if one.system else "" for one in agreement} == {"", "ours", "theirs"}
    for one in agreement:
        percent = one.coefficient in {"exact", "positive"}
        assert value_of(one.estimates.headline, percent=percent) in text
        assert interval_of(one.estimates.headline, percent=percent) in text
    assert "<td></td>" not in text
    alike, moved = make_dataset("alike", "Alike", 10), make_dataset("moved", "Moved", 10)
    same = make_study("same", [alike, moved], blocks=("quality",))
    rate(same.blocks.get(), np.full((4, 20, 3, 7), 2))
    text = page(client, same, "results-details")
    assert "undefined" in text
    assert "All annotators gave the same answer everywhere" in text


def test_the_number_of_queries_does_not_grow_with_the_judgments(
    client: Client, amira: User, study: Study, django_assert_max_num_queries: object
) -> None:
    client.force_login(amira)
    with django_assert_max_num_queries(46):  # type: ignore[operator]
        page(client, study)


def test_the_judgments_behind_a_number_are_one_link_away(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    url = reverse("evaluation:judgments", args=[study.slug])
    assert f"{url}?block=1&amp;criterion=fluency&amp;counted=counted" in page(client, study)
    text = client.get(url, {"criterion": "fluency", "unit": 1, "annotator": "annotator 1"}).content.decode()
    assert "3 judgments" in text
    assert "cannot judge" in text
    assert "Informativeness</td>" not in text
    assert "Nothing matches" in client.get(url, {"unit": 999}).content.decode()
    assert client.get(url, {"unit": "abc", "page": "x"}).status_code == 200


def test_a_stranger_study_is_not_found(client: Client, amira: User) -> None:
    client.force_login(amira)
    assert client.get(reverse("evaluation:results", args=["nowhere"])).status_code == 404


def test_tests_on_dialogues_stand_beside_the_shares(client: Client, amira: User, study: Study) -> None:
    client.force_login(amira)
    text = page(client, study, "results-details")
    for name in ("Welch's t test", "Mann–Whitney test on the dialogue means", "Dialogues exchanged whole"):
        assert unescape(text).count(name) == 4
    blocks = study_figures(study, unblinded=True).blocks
    contest = blocks[1].preferences[0].contest
    assert contest is not None
    assert [one.method for one in contest.others] == ["Pairs flipped whole"]
