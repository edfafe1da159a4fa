"""What is wrong in a file is English where it is kept and told, and in the reader's language where it is shown."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from annotation.published import Options as TableOptions
from annotation.published import Reading
from annotation.published.gathering import Gathering
from generation.formats import FORMATS
from generation.formats.base import Options
from generation.formats.places import CONVERSATION, MENTION, UTTERANCE, Place, in_words, line_of, place
from generation.formats.shelf import Shelf
from generation.formats.sources import Source
from generation.formats.values import FormatError
from generation.reader import FIELDS
from generation.reviews.items import read_items
from generation.reviews.layouts import LAYOUTS
from generation.reviews.layouts.cells import CELLS, NEEDED
from generation.services.reading import LENGTHS
from generation.translation import translated
from generation.wording import Worded
from tests.generation.dialogue_files import chat, dialoguekit, own, recllmsim, redial, write_lines, write_zip

pytestmark = pytest.mark.usefixtures("compiled")
ENGLISH = re.compile(r"[a-z’']+(?: [a-z’']+){2}")
"""Three words in a row: more than a key or a name."""

DIALOGUES: dict[str, list[tuple[Any, str]]] = {
    "redial": [
        (redial(messages=[]), "`messages` 为空"),
        (redial(respondentWorkerId=11), "发起者与应答者是同一人：11"),
        (redial(messages=[{"text": "x", "senderWorkerId": 5}]), "第 1 条消息来自 5，既不是发起者（11）"),
        (redial(movieMentions=[{"movieId": "1"}, 5]), "`movieMentions` 的第 2 项是整数，不是对象"),
        (redial(movieMentions="x"), "`movieMentions` 键是文字，不是对象"),
    ],
    "recllmsim": [
        (recllmsim(history=[]), "`history` 为空"),
        (recllmsim(history=[{"role": "narrator"}]), "第 1 条消息的角色为 'narrator'，既不是 `user` 也不是"),
        (recllmsim(history=[{"role": "user"}]), "第 1 条消息没有 `content`"),
    ],
    "chat_messages": [
        (chat(messages=[{"role": "judge", "content": "x"}]), "第 1 条消息的角色为 'judge'。可用的是 user"),
        (chat(messages=[{"role": "user", "content": 5}]), "第 1 条消息的 `content` 为整数，既不是文字"),
        (chat(messages=[]), "`messages` 中没有话语"),
        (chat(messages_apart=1), "键 `messages_apart` 已被系统保留"),
    ],
    "dialoguekit": [
        (dialoguekit(conversation=[]), "`conversation` 为空"),
        (dialoguekit(conversation=[{"participant": "ME"}]), "第 1 条话语的 participant 为 'ME'"),
    ],
    "jsonl": [
        ("{broken", "这不是 JSON：第 2 个字符处，此处应为双引号中的键名"),
        ('{"a": 1 2}', "此处应为“,”"),
        ('{"a": 1} 2', "后面还有多余的内容"),
        ('{"a": "b', "从此处开始的文字没有结束"),
        ('{"a": "\\u12"}', "\\uXXXX 转义无效"),
        ('{"a": 1, "a": 2}', "键 `a` 在同一对象中出现了两次"),
        ('{"a": NaN}', "NaN 不是 JSON"),
        ('{"a": 1e999}', "数字 1e999 太大"),
        ('{"a": "\\u0000"}', "有文字含有 NUL 字符"),
        ('{"a": "\\ud83d"}', "有文字含有半个字符"),
        ("[" * 100 + "]" * 100, "嵌套超过 64 层"),
        (5, "该条目是整数，不是对象"),
        ({"id": "x"}, "没有 `utterances`"),
        (own(title="x"), "该条目有未知的键 `title`"),
        (own(id=""), "该条目的 `id` 为空"),
        (own(id=None), "该条目的 `id` 是空值（null），不是文字 或 整数"),
        (own(schema="x/2"), "schema 为 'x/2'"),
        (own(items=[{"id": "1", "title": "A"}] * 2), "`items` 中出现了两次"),
        (own(person={"id": "p", "kind": "robot"}), "`person` 键的 `kind` 为 'robot'"),
        (own(metadata={"crsapp": {"x": 1}}), "metadata 中的键 `crsapp` 已被系统保留"),
        (own(situation_translations={"zh": 5}), "该条目的 `situation_translations` 键的 `zh` 是整数"),
        (own(utterances=[{"speaker": "user", "text": "x", "mentions": [{"item": "9"}]}]),
         "第 1 条话语的第 1 个提及提到物品 '9'"),
        (own(items=[{"id": "1", "title": "A"}], utterances=[
            {"speaker": "user", "text": "x", "mentions": [{"item": "1", "start": 0, "end": 9}]}]), "范围是 0 到 9"),
    ],
    "opendialkg": [
        ({"role": "user", "text": "x"}, "该条目不是话语的列表"),
        ([{"role": "bot", "text": "x"}], "第 1 条话语来自 'bot'"),
        ([{"role": "user", "text": "x", "item": [5]}], "第 1 条话语的第 1 个物品不是标题"),
    ],
    "iard": [
        ({"a": {"dialogue_info": {}}}, "对话 a：`dialogue_info` 为空"),
        ({"a": {"dialogue_info": {"S1": {"utterance_pos": 1, "role": "x"}}}}, "第 S1 条话语的角色为 'x'"),
    ],
}  # fmt: skip
FOLDERS: dict[str, list[tuple[dict[str, Any], str]]] = {
    "crslab": [
        ({"test_data.json": [{"dialog": []}]}, "test_data.json，第 1 行，第 1 项：`dialog` 为空"),
        ({"test_data.json": [{"dialog": [{"role": "x"}]}]}, "第 1 条话语的角色为 'x'。可用的是 seeker"),
        ({"test_data.json": [{"dialog": [{"role": "Seeker", "text": [None]}]}]}, "第 1 条话语含有不是文字的词元"),
    ],
    "llm_redial": [
        ({"final_data.jsonl": '{"ANNA": 5}', "Conversation.txt": "0\n\nUser: a\n"}, "关于 'ANNA' 的内容是整数"),
        ({"final_data.jsonl": '{"ANNA": {"Conversation": [{"c": {"conversation_id": 7}}]}}',
          "Conversation.txt": "0\n\nUser: a\n"},
         "final_data.jsonl，第 1 行，对话 1（属于 'ANNA'）：Conversation.txt 中没有对话 7"),
        ({"final_data.jsonl": "{}", "Conversation.txt": "Hello\n0\n\nUser: a\n0\n"}, "出现在任何人说话之前"),
        ({"final_data.jsonl": "{}"}, "其中没有 .txt 文件"),
    ],
    "table": [({"../a.csv": "a"}, "该名称指向压缩包之外"), ({"a.csv.gz": "a"}, "它是压缩包中的压缩包")],
}  # fmt: skip
TABLES: dict[str, list[tuple[str, dict[str, list[str]], str]]] = {
    "inspired": [
        ("a\tb\n1\t2\n", {}, "没有列 'dialog_id'"),
        ("dialog_id\tutt_id\tspeaker\ttext\n1\t1\tME\tx\n", {}, "说话人为 'ME'，既不是 SEEKER"),
    ],
    "table": [
        ("a,b\n1,2,3\n", {"text": ["a"]}, "该行有 3 个单元格，但只有 2 列"),
        ("a,a\n1,2\n", {"text": ["a"]}, "有两列都名为 'a'"),
        ('a,b\n1,"2\n', {"text": ["a"]}, "此处的引号一直没有闭合"),
        ("a,b\n1,2\n", {"text": ["c"]}, "没有可用作文本的列 'c'。现有：a, b。"),
        ("a,b\n1,2\n", {"speaker": ["a"]}, "没有列表示文本"),
        ("a,b\n1,2\n", {"text": ["b"], "speaker": ["a"]}, "说话人为 '1'，目前既不是用户也不是系统"),
        ("a\n" + "x\n" * 10_001, {"text": ["a"]}, "有一个对话超过 10,000 行"),
    ],
    "uss": [("USER\thi\tx\t1\nME\tx\ty\t2\n", {}, "说话人为 'ME'")],
}
REVIEWS: dict[str, list[tuple[str, str]]] = {
    "amazon_2014": [
        ('{"reviewerID": "a", "asin": "b"}', "没有评分"),
        ("{'broken", "这既不是 JSON 也不是 Python 字面量"),
    ],
    "amazon_2018": [('{"asin": "b"}', "该评论没有 `reviewerID`"), ("[1]", "该评论是整数，不是对象")],
    "amazon_2023": [
        ('{"user_id": "a", "asin": "b", "rating": "x"}', "评分 'x' 不是数字"),
        ('{"user_id": "a", "asin": "b", "rating": 1, "timestamp": "x"}', "'x' 不是时间"),
        ('{"user_id": "a", "asin": "b", "rating": 1, "timestamp": 1e30}', "时间 1e+30 超出范围"),
    ],
    "movielens": [("userId,movieId,rating,timestamp\n,1,2,3\n", "人物为空")],
    "table": [("a,b\nx,y\n", "没有列表示评分。现有：a, b。")],
}
JUDGMENTS = [
    ("just words\nand more\n", "第一行只有一列"),
    ("unit,annotator,value\n1,ann,\n", "表格中没有任何回答"),
    ("unit,value\n1,2\n", "有取值（“value”），但没有列说明是谁给出的"),
    ("annotator,value\nann,2\n", "没有列说明判断的是哪个单元"),
    ("unit,a\n" + "".join(f"{at},{at % 5 + 1}\n" for at in range(20)) + "20,four\n",
     "第 22 行，“a” 列：“four” 不是对 “rating”（ordinal）的有效回答，共 1 次：它不是数字。"),
    ("unit,annotator,value\n1,ann,2\n1,ann,3\n", "同一标注者已在第 2 行处就同一单元回答过"),
    ("unit,annotator,value,dataset\n1,ann,2,north\n1,bob,2,south\n", "对应的是对话 “north” 的 “1”"),
    ("unit,annotator,left,right,value\n1,ann,x,y,z\n", "“z” 不是有效的投票：既不是 left"),
    ("unit,annotator,value,utterance\n1,ann,2,-3\n", "`utterance` “-3” 不是 0 到 100,000 的整数"),
    ("unit,annotator,value\n1,,2\n", "`annotator` 为空"),
]  # fmt: skip


def found(read: Any, source: Source, **said: Any) -> list[FormatError]:
    problems: list[FormatError] = []
    try:
        list(read(source, Options(report=problems.append, **said)))
    except FormatError as error:
        problems.append(error)
    return problems


def told_in_chinese(problems: list[FormatError], words: str) -> None:
    """Also once they were stored; nothing in them is left in English, and what is stored is."""
    assert problems
    assert all(isinstance(text, Worded) for one in problems for text in (one.problem, one.remedy))
    stored = [json.loads(json.dumps(one.as_dict())) for one in problems]
    with override("zh-hans"):
        said = [translated(one.words) for one in problems]
        assert [translated(FormatError.stored(one).words) for one in stored] == said
    assert any(words in one for one in said), said
    assert not [rest for one in said for rest in ENGLISH.findall(one)]
    assert not [one for one in stored for name in ("place", "problem", "remedy") if re.search("[一-鿿]", one[name])]


def cases(table: dict[str, list[Any]]) -> list[Any]:
    return [(name, *(case if isinstance(case, tuple) else (case,))) for name, some in table.items() for case in some]


@pytest.mark.parametrize(("name", "entry", "words"), cases(DIALOGUES))
def test_a_bad_dialogue_is_told_in_chinese(name: str, entry: Any, words: str, tmp_path: Path) -> None:
    lines = [entry if isinstance(entry, str) else json.dumps(entry)]
    told_in_chinese(found(FORMATS.get(name).read, Source(write_lines(tmp_path / "file.jsonl", lines))), words)


@pytest.mark.parametrize(("name", "files", "words"), cases(FOLDERS))
def test_a_bad_archive_is_told_in_chinese(name: str, files: dict[str, Any], words: str, tmp_path: Path) -> None:
    packed = write_zip(tmp_path / "a.zip", files)
    told_in_chinese(found(FORMATS.get(name).read, Source(packed), mapping={"text": ["a"]}), words)


@pytest.mark.parametrize(("name", "text", "mapping", "words"), cases(TABLES))
def test_a_bad_table_is_told_in_chinese(
    name: str, text: str, mapping: dict[str, list[str]], words: str, tmp_path: Path
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    told_in_chinese(found(FORMATS.get(name).read, Source(path), mapping=mapping), words)


@pytest.mark.parametrize(("name", "text", "words"), cases(REVIEWS))
def test_a_bad_review_is_told_in_chinese(name: str, text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / ("reviews.json" if text.startswith(("{", "[")) else "reviews.csv")
    path.write_text(text)
    told_in_chinese(found(LAYOUTS.get(name).read, Source(path)), words)


def test_no_format_and_no_layout_is_left_out() -> None:
    assert {*DIALOGUES, *FOLDERS, *TABLES} == set(FORMATS.all)
    assert set(REVIEWS) == set(LAYOUTS.all)


def test_an_item_without_an_id_is_told_in_chinese(tmp_path: Path) -> None:
    path = tmp_path / "titles.json"
    path.write_text('{"": {"title": "One"}}')
    told_in_chinese(found(read_items, Source(path)), "该物品没有下列任何一项")


@pytest.mark.parametrize(("text", "words"), JUDGMENTS)
def test_a_bad_table_of_judgments_is_told_in_chinese(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "judgments.csv"
    path.write_text(text)
    reading = Reading(path, TableOptions())
    list(reading.steps())
    told_in_chinese(reading.problems, words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件中没有任何内容。请选择存有"),
        (b"nothing\n", "从文件开头看，它不像任何已知的"),
        (b"\x80\x04", "这是一个 Python pickle，打开时会运行其中的任何代码"),
        (b"PK\x03\x04", "无法读取文件"),
    ],
)
@pytest.mark.parametrize("shelf", [FORMATS, LAYOUTS], ids=["formats", "layouts"])
def test_a_file_that_is_nothing_known_is_told_in_chinese(
    shelf: Shelf[Any], content: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(FormatError) as refused:
        shelf.guess(path)
    with override("zh-hans"):
        assert words in translated(refused.value.words)


def test_a_place_is_the_text_of_what_it_is_made_of() -> None:
    line, inner = line_of("", 7), line_of("a.json", 7)
    for where in (line, inner, place(CONVERSATION, "line 3, %(of)s", inner)):
        assert in_words(where) == in_words(where.what) == where
    with override("zh-hans"):
        assert translated(in_words(inner)) == "a.json，第 7 行"
        assert translated(in_words((MENTION, 2, (UTTERANCE, 3)))) == "第 3 条话语的第 2 个提及"
        assert translated(in_words("line 3")) == "line 3"


def test_a_cell_of_judgments_is_the_text_of_what_it_is_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "judgments.csv"
    path.write_text("unit,ann\n1,2\n")
    seen: list[str] = []
    answer = Gathering._answer
    monkeypatch.setattr(
        Gathering, "_answer", lambda self, where, *rest: (seen.append(where), answer(self, where, *rest))
    )
    list(Reading(path, TableOptions()).steps())
    assert seen == ["line 2, column “ann”"]
    assert isinstance(seen[0], Place)
    assert in_words(seen[0].what) == seen[0]


def test_every_field_and_column_has_a_name_in_messages() -> None:
    assert {name for fields in LENGTHS.values() for name, _limit in fields} == set(FIELDS)
    assert set(NEEDED) < set(CELLS)


def test_what_was_stored_before_there_were_parts_is_told_as_it_was() -> None:
    old = FormatError.stored({"place": "line 3", "problem": "`messages` is empty", "remedy": "Remove it: 100 %."})
    with override("zh-hans"):
        assert translated(old.words) == "line 3：`messages` is empty。Remove it: 100 %."
