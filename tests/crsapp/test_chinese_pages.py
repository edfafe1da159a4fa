"""Every page that links lead to in the demo, walked in Chinese by its people."""

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db.models import F, QuerySet
from django.test import Client
from django.urls import resolve, reverse
from django.utils.translation import override

from annotation.instruments import shipped
from annotation.models import Annotator, Assignment, Exhibit, Judgment, JudgmentImport, Link, Slot, Study, Unit
from annotation.protocol import BlockSpec, Protocol, SampleSpec, missing
from annotation.services.checking import check_study
from annotation.services.material import protocol_of
from annotation.services.studies import close_study, create_study
from crsapp.accounts.models import User
from crsapp.jobs.services import run
from generation.models import Attempt, Dialogue, DialogueTemplate, Import, PoolProfile, Utterance
from generation.reviews.template_files import steps_as_json
from generation.reviews.templates import Template
from generation.services.importing import start_import
from generation.services.importing_here import import_path
from generation.services.simulation.profile_writing import row_of
from generation.simulation.profile_checks import PROFILE_CHECKS, findings
from generation.simulation.profiles import Profile
from tests.annotation.stories import (
    judge_all,
    judge_one,
    make_dataset,
    opened,
    pairs,
    people,
    protocol_of_blocks,
    quality,
)
from tests.generation import run_scenes
from tests.generation.dataset_scenes import uploaded, work_on
from tests.generation.dialogue_files import own, redial, write_lines
from tests.generation.simulation import talks
from tests.generation.simulation.people import pool_of
from tests.test_access import ADDRESSES, PUBLIC

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("compiled")]

CHINESE = re.compile(r"[一-鿿]")
AT_LEAST = 60
ENGLISH = re.compile(r"[a-z’']+(?: [a-z’']+){3}")
"""Four words in a row: more than a name, a key of a protocol or a kind of scale."""


class Links(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href")
        if tag == "a" and target:
            self.found.append(target)


@pytest.fixture
def demo() -> None:
    call_command("demo", verbosity=0)


def chinese(person: User | None) -> Client:
    client = Client(headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    if person:
        client.force_login(person)
    return client


def walked(client: Client, *starts: str) -> set[str]:
    """One page of each name of an address, from these on, each with its headings in Chinese; their names."""
    names: set[str] = set()
    waiting = list(starts)
    while waiting:
        here = waiting.pop(0)
        name = resolve(urlsplit(here).path).view_name
        if name in names:
            continue
        names.add(name)
        page = client.get(here, follow=True)
        assert page.status_code == 200, here
        if not page.headers["Content-Type"].startswith("text/html"):
            continue
        assert '<html lang="zh-hans"' in page.text, here
        assert CHINESE.search(re.sub(r"<[^>]*>", "", page.text)), here
        there = (urlsplit(urljoin(here, link)) for link in Links(page.text).found)
        waiting += [link.path + (f"?{link.query}" if link.query else "") for link in there if not link.netloc]
    return names


def test_olga_the_owner_walks_through_everything(olga: User, demo: None) -> None:
    assert len(walked(chinese(olga), "/")) >= AT_LEAST


def test_an_annotator_walks_from_the_link_to_the_work(demo: None) -> None:
    client = chinese(None)
    enter = reverse("annotation:enter", args=[Link.objects.filter(study__slug="demo-open", kind="open").get().token])
    assert "我同意" in client.get(enter).text
    welcome = client.post(enter, follow=True)
    assert Annotator.objects.filter(study__slug="demo-open", consented__isnull=False).exists()
    assert CHINESE.search(welcome.text)
    assert "annotation:judge" in walked(client, welcome.request["PATH_INFO"])


def shown(client: Client, *address: Any) -> str:
    """The words of a page, without its tags."""
    page = client.get(reverse(address[0], args=address[1:]), follow=True)
    assert page.status_code == 200
    return unescape(re.sub(r"<[^>]*>", "", page.text))


def reasons_shown(client: Client, attempts: QuerySet[Attempt]) -> None:
    """Each reason is stored in English, and none of them stands on the pages of its run."""
    for attempt in attempts:
        words = shown(client, "generate:attempt-detail", attempt.run_id, attempt.pk)
        for one in attempt.findings:
            assert not CHINESE.search(one["parts"]["pattern"])
            assert one["reason"] not in words
    run = attempts[0].run
    pages = [shown(client, name, run.pk) for name in ("generate:attempt-list", "generate:run-detail")]
    assert not [one["reason"] for attempt in attempts for one in attempt.findings if one["reason"] in "".join(pages)]


def test_what_the_filters_found_is_said_in_chinese(amira: User) -> None:
    written = ("cut_off", "garbled", "leaked_slot", "swapped_speakers", "dropped_utterance", "early_gold", "repeated")
    run = run_scenes.finished(endpoint=run_scenes.scripted(**dict.fromkeys(written, 0.4)), retries=0)
    found = Attempt.objects.filter(run=run, verdict="rejected")
    assert {one["code"] for attempt in found for one in attempt.findings} >= {"F1", "F2", "F3", "F4", "A3"}
    reasons_shown(chinese(amira), found)


def test_what_was_found_in_conversations_is_said_in_chinese(amira: User) -> None:
    said = ("role_swap", "speaks_as_user", "ends_at_once", "leaked_command", "foreign_language", "refuses")
    everybody = talks.endpoint(**dict.fromkeys(said, 0.3))
    scenarios = ("travel/0-1", "gifts/3", "skills/2", "recipe/1")
    run = talks.finished(talks.matrix(*scenarios, user=everybody, profiles=4), retries=1)
    found = Attempt.objects.filter(run=run, verdict="rejected")
    assert {one["code"] for attempt in found for one in attempt.findings} >= {"Q2", "Q3", "Q4", "Q5", "Q6", "Q7"}
    reasons_shown(chinese(amira), found)


def test_what_the_rules_say_of_a_template_is_said_in_chinese(amira: User) -> None:
    steps = Template.parse("mine S:SG08 U:SG02 U:SG17+SG99 S:SG11 S:SG05+SG10 U:SG18 S:SG07").steps
    kept = DialogueTemplate.objects.create(name="mine", utterances=steps_as_json(steps))
    client = chinese(amira)
    for address in (("generate:template-detail", kept.pk), ("generate:template-edit", kept.pk)):
        words = shown(client, *address)
        assert "请让用户开场" in words
        assert not re.findall(r"[a-z]+ [a-z]+ [a-z]+", words), address


def test_what_the_checks_say_of_a_profile_is_said_in_chinese(amira: User) -> None:
    pool = pool_of()
    profile = Profile(age="130", dining="Avoids fish", interests="Likes films")
    PoolProfile.objects.bulk_create([row_of(pool, 7, profile, findings(profile))])
    row = PoolProfile.objects.get(pool=pool, number=7)
    client = chinese(amira)
    words = shown(client, "generate:profile-detail", pool.pk, row.pk)
    assert "“130”不是年龄" in words
    assert "缺少性格" in words
    assert not [one["words"] for one in row.findings if one["words"] in words]
    pages = shown(client, "generate:pool-detail", pool.pk) + shown(client, "generate:pool-write", pool.pk)
    assert not [text for one in PROFILE_CHECKS.values() for text in (one.title, one.meaning) if text in pages]


def test_the_tasks_that_come_with_the_product_are_told_in_chinese(amira: User) -> None:
    client = chinese(amira)
    tasks = shown(client, "generate:task-list")
    travel = shown(client, "generate:task-detail", "travel")
    assert "计划旅行" in tasks
    assert "旅行类型" in travel
    assert "今年夏天" in travel
    assert not ENGLISH.findall(tasks + travel)


def test_what_a_task_and_files_get_wrong_is_said_in_chinese(amira: User) -> None:
    client = chinese(amira)
    draft = {"do": "look", "title": "", "description": "Buy {{what}}.", "v0-name": "what", "v0-options": ""}
    page = client.post(reverse("generate:task-new"), draft)
    assert "变量 what：需要选项" in unescape(page.text)
    assert "需要不超过 100 个字符的标题" in page.text
    pool = pool_of()
    for address, text, words in (
        (reverse("generate:template-import"), '[{"id": "x", "utterances": [{"speaker": "x"}]}]', "应为 user 或 system"),
        (reverse("generate:scenario-import"), '[{"task": "x"}]', "“task_context_id”应为从 0 起的整数"),
        (reverse("generate:pool-import", args=[pool.pk]), '[{"name": "x"}]', "读不出画像"),
    ):
        answer = client.post(address, {"file": SimpleUploadedFile("file.json", text.encode())})
        assert words in unescape(answer.text), address


def test_what_a_draft_lacks_is_said_in_chinese(amira: User) -> None:
    make_dataset("north", 4)
    half = protocol_of_blocks(pairs(size=4)).blocks[0]
    blocks = (
        half,
        replace(half, instruments=(), samples=()),
        replace(half, samples=(SampleSpec("north", 2), SampleSpec("south", 4))),
    )
    study = create_study(protocol=Protocol(title="A", slug="later", blocks=blocks))
    client = chinese(amira)
    for address in (("annotation:study-protocol", study.slug), ("annotation:study-edit", study.slug, "open")):
        words = shown(client, *address)
        assert "区组 2：没有任何问题" in words
        assert "其样本只有 2 个" in words
        assert not [lack for lack in missing(protocol_of(study)) if lack in words]


def test_what_an_instrument_is_for_is_said_in_chinese(amira: User) -> None:
    study = create_study(protocol=Protocol(title="A", slug="later", blocks=(BlockSpec("Q"),)))
    words = shown(chinese(amira), "annotation:study-edit", study.slug, "ask")
    offered = [one for one in shipped().values() if one.suits("dialogue")]
    assert "对两位说话人的每条话语提四个问题" in words
    assert not [one.slug for one in offered if one.description in words]
    assert not [one.slug for one in offered if one.criteria[0].question not in words]


def test_what_gives_a_dataset_away_is_said_in_chinese(amira: User) -> None:
    make_dataset("north", 6)
    make_dataset("south", 6, turns=6)
    said = Utterance.objects.filter(dialogue__dataset__slug="south", index=0)
    said.update(text="User: I asked an LLM of The north collection for @99, see www.example.org.")
    Utterance.objects.filter(dialogue__dataset__slug="south", index=2).update(text="")
    Dialogue.objects.filter(dataset__slug="south").update(situation="Ask ChatGPT.")
    asks = quality(size=4).replace("utterance-quality", "recllmsim-quality")
    study = create_study(protocol=protocol_of_blocks(asks))
    words = shown(chinese(amira), "annotation:study-edit", study.slug, "open")
    for part in (
        "提到了数据集或系统名称",
        "自称是模型",
        "物品编号",
        "网址",
        "说话人名称",
        "没有文字",
        "话轮数不同",
        "任务",
    ):
        assert part in words
    assert not [found for found in ENGLISH.findall(words) if found not in said[0].text]


def test_what_is_wrong_with_a_pasted_protocol_is_said_in_chinese(amira: User) -> None:
    text = "titel = 3\nseed = 'x'\nlanguage = ['en']\ndeadline = 'soon'\nslug = 'A b'\n[[block]]\nannotators = 0\n"
    page = chinese(amira).post(reverse("annotation:study-new"), {"start": "file", "file-text": text})
    words = re.sub(r"<(script|style|textarea|option|code)\b.*?</\1>|<[^>]*>", "", page.text, flags=re.DOTALL)
    assert "您是否想写 `title`？" in unescape(words)
    assert "`seed` 为 “x”；应为整数。" in unescape(words)


def test_what_is_on_record_and_what_the_check_found_is_said_in_chinese(amira: User) -> None:
    study = opened(quality(annotators=2, size=2), pairs(annotators=2, size=2))
    one, other = people(study, 2)
    judge_all(one)
    judge_one(other)
    close_study(study=study)
    record = shown(chinese(amira), "annotation:study-record", study.slug)
    assert "平均位置差" in record
    assert not ENGLISH.findall(record)
    Judgment.objects.filter(assignment__annotator=one).update(place=F("place") + 100)
    Assignment.objects.filter(annotator=other).update(state="returned")
    Slot.objects.filter(block__study=study, block__number=2).update(side=0, position=0)
    Exhibit.objects.filter(block__study=study).update(digest="")
    Unit.objects.filter(block__study=study, block__number=1).update(excluded=study.created)
    Study.objects.filter(pk=study.pk).update(digest="0" * 64)
    problems = check_study(study).problems
    assert len(problems) > 20
    page = chinese(amira).get(reverse("evaluation:export", args=[study.slug, "csv"]))
    assert page.status_code == 409
    words = unescape(re.sub(r"<[^>]*>", "", page.text))
    assert not [problem for problem in problems if problem in words]
    assert not ENGLISH.findall(words)


def bare(answer: Any) -> str:
    """The words of a page that was answered, without its tags and what stands in tags for code."""
    return unescape(re.sub(r"<(script|style|option|code)\b.*?</\1>|<[^>]*>", " ", answer.text, flags=re.DOTALL))


def test_what_is_wrong_in_a_file_of_dialogues_is_said_in_chinese(amira: User, tmp_path: Path) -> None:
    note = redial("8", messages=[{"text": "@999?", "senderWorkerId": 11}])
    path = write_lines(tmp_path / "films.jsonl", [redial(), redial("2", messages=[]), redial(), note])
    with override("zh-hans"):
        imported = uploaded(path)
    client = chinese(amira)
    words = bare(client.get(reverse("generation:import-detail", args=[imported.pk])))
    for said in ("第 2 行", "`messages` 为空", "请删除该条目", "首次在第 1 行", "有 @编号未列在 `movieMentions` 中"):
        assert said in words
    assert not [one for one in ENGLISH.findall(words) if one not in "hi, i loved or again anything like it"]
    assert imported.report["problems"][0]["problem"] == "`messages` is empty"
    refused = client.post(reverse("generation:import-start", args=[imported.pk]), follow=True)
    assert "没有导入任何内容。第 2 行：`messages` 为空。请删除该条目" in bare(refused)
    with (
        override(settings.LANGUAGE_CODE),
        pytest.raises(CommandError, match=r"line 2: `messages` is empty\. Remove the entry"),
    ):
        call_command("import_dialogues", path, "--dataset", "Again")


def test_why_a_job_imports_nothing_is_said_in_chinese(amira: User, tmp_path: Path) -> None:
    client = chinese(amira)
    with override("zh-hans"):
        imported = uploaded(write_lines(tmp_path / "films.jsonl", [own("5")]))
        import_path(path=write_lines(tmp_path / "more.jsonl", [own("5"), own("6")]), dataset_name="Films")
        start_import(imported=imported, by=amira)
    work_on(imported)
    words = bare(client.get(reverse("generation:import-detail", args=[imported.pk])))
    assert "没有导入任何内容。第 1 行：数据集 Films 中已有对话 '5'。请在此处删除" in " ".join(words.split())
    assert not [one for one in ENGLISH.findall(words) if one != "hello to you"]


def test_what_is_wrong_in_reviews_and_their_columns_is_said_in_chinese(amira: User, tmp_path: Path) -> None:
    client = chinese(amira)
    sent = {"dataset": "Music", "language": "en", "file": SimpleUploadedFile("reviews.csv", b"who,what\nann,b1\n")}
    client.post(reverse("generation:review-import-new"), sent)
    imported = work_on(Import.objects.get())
    address = reverse("generation:import-detail", args=[imported.pk])
    assert "没有列表示评分" in bare(client.get(address))
    assert "没有列表示评分" in bare(client.get(reverse("generation:import-columns", args=[imported.pk])))
    odd = {"report": {**imported.report, "problems": [{"place": "line 3", "problem": "old", "remedy": "Mend it."}]}}
    Import.objects.update(**odd)
    words = bare(client.get(address))
    assert all(one in words for one in ("line 3", "old", "Mend it."))


def test_a_file_that_is_empty_is_refused_in_chinese(amira: User) -> None:
    sent = {"dataset": "Films", "language": "en", "file": SimpleUploadedFile("films.jsonl", b"  ")}
    assert "文件中没有任何内容。请选择存有对话的文件。" in bare(
        chinese(amira).post(reverse("generation:import-new"), sent)
    )


def test_what_is_wrong_with_judgments_from_elsewhere_is_said_in_chinese(amira: User) -> None:
    client = chinese(amira)
    file = SimpleUploadedFile("table.csv", b"unit,annotator,value\n1,ann,2\n1,ann,3\n2,ann,4\n")
    client.post(reverse("annotation:judgments-new"), {"title": "Elsewhere", "file": file})
    imported = JudgmentImport.objects.get()
    assert imported.job is not None
    run(imported.job.pk)
    words = bare(client.get(reverse("annotation:judgments-detail", args=[imported.pk])))
    columns = bare(client.get(reverse("annotation:judgments-columns", args=[imported.pk])))
    for page in (words, columns):
        assert "同一标注者已在第 2 行处就同一单元回答过这一项" in page
        assert not ENGLISH.findall(page)
    refused = client.post(reverse("annotation:judgments-start", args=[imported.pk]), follow=True)
    assert "没有导入任何内容。第 3 行：同一标注者" in bare(refused)


def test_ben_the_annotator_and_a_stranger_find_their_pages(ben: User) -> None:
    assert "accounts:change-password" in walked(chinese(ben), "/")
    assert "accounts:sign-in" in walked(chinese(None), "/")


def test_no_address_breaks_in_chinese(olga: User, ben: User) -> None:
    for person in (olga, ben):
        client = chinese(person)
        for name, path in ADDRESSES:
            if name not in PUBLIC:
                assert client.get(f"/{path}").status_code < 500, (person, name)
