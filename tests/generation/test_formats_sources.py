"""Whatever lies at the path, it is read in constant memory or refused in words."""

import gzip
import io
import json
import pickle
import stat
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.formats.lists import elements
from generation.formats.sources import Source, fingerprint, natural
from generation.formats.values import FormatError, Limits, Value
from tests.generation.dialogue_files import write_lines, write_zip


def values(path: Path, limits: Limits | None = None) -> list[Value]:
    def refuse(problem: FormatError) -> None:
        raise problem

    return list(Source(path, limits).values(refuse))


def problem_with(path: Path, limits: Limits | None = None) -> FormatError:
    with pytest.raises(FormatError) as caught:
        values(path, limits)
    return caught.value


def test_lines_plain_and_packed_have_their_numbers(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.jsonl.gz"):
        path = write_lines(tmp_path / name, [{"n": 1}, "", {"n": 2}])
        assert [(value.place, value.data["n"]) for value in values(path)] == [("line 1", 1), ("line 3", 2)]


def test_a_list_and_an_object_over_many_lines_are_read_too(tmp_path: Path) -> None:
    listed = tmp_path / "list.json"
    listed.write_text(json.dumps([{"n": 1}, {"n": 2}], indent=2))
    assert [value.place for value in values(listed)] == ["the file, entry 1", "the file, entry 2"]
    one = tmp_path / "unnamed"
    one.write_text(json.dumps({"n": 1}, indent=2))
    assert [value.data for value in values(one)] == [{"n": 1}]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "bom.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"n": 1}\r\n{"n": 2}\r\n')
    assert [value.data["n"] for value in values(path)] == [1, 2]


def test_files_of_a_folder_or_archive_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    files = {f"t/{number}.json": {"n": number} for number in (10, 9, 100)}
    packed = write_zip(tmp_path / "a.zip", {**files, "__MACOSX/t/._9.json": b"\x00", "t/.DS_Store": b"\x00"})
    folder = tmp_path / "a"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content))
    for path in (packed, folder):
        assert [value.data["n"] for value in values(path)] == [9, 10, 100]
        assert [value.name for value in values(path)][0] == "t/9.json"  # noqa: RUF015
    assert sorted(["b10", "b9", "a"], key=natural) == ["a", "b9", "b10"]


def test_other_files_are_passed_over_with_a_note(tmp_path: Path) -> None:
    notes: list[str] = []
    packed = write_zip(tmp_path / "a.zip", {"README.md": "read me", "a.jsonl": '{"n": 1}'})
    list(Source(packed).values(lambda problem: None, notes.append))
    assert notes == ["README.md: passed over, it is no .json, .jsonl or .ndjson file"]
    assert "no .json, .jsonl or .ndjson" in str(problem_with(write_zip(tmp_path / "b.zip", {"README.md": "x"})))


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b'{"n": 1}\n{"n": \xff}', "line 2", "byte 7 (0xff) is not UTF-8"),
        ('{"n": 1}'.encode("utf-16"), "a.jsonl", "UTF-16"),
        (b'{"n": 1}\n{"n": 1,}', "line 2", "not JSON"),
        (b'{"n": 1}\n{"n": NaN}', "line 2", "NaN is not JSON"),
        (b'{"n": 1e999}', "line 1", "too large"),
        (b'{"n": 1, "n": 2}', "line 1", "`n` stands twice"),
        (b'{"n": "a\\u0000b"}', "line 1", "NUL"),
        (b'{"n": "\\ud83d"}', "line 1", "half a character"),
        (b"[" * 100 + b"]" * 100, "line 1", "deeper than 64"),
        (b"[" * 100_000 + b"]" * 100_000, "line 1", "nested too deeply"),
        (b'{"n": ' + b"9" * 5000 + b"}", "line 1", "not JSON"),
        (b'{"n": "' + b"x" * 2000 + b'"}', "line 1", "longer than 1,000 bytes"),
        (b"\x00\x01\x02", "line 1", "not JSON"),
    ],
)
def test_what_cannot_be_read_is_named(content: bytes, place: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    limits = Limits(line=1000) if "longer" in words else None
    problem = problem_with(path, limits)
    assert problem.place == place
    assert words in problem.problem
    assert problem.remedy


def test_an_emoji_written_as_two_halves_is_no_half_character(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"n": "\\ud83d\\ude00"}')
    assert values(path)[0].data == {"n": "😀"}


def test_text_about_unstorable_characters_is_no_unstorable_character(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "write \\\\u0000 or \\\\\\\\u0000"}\n{"text": "\\\\\\u0000"}\n')
    problems: list[FormatError] = []
    assert [value.data["text"] for value in Source(path).values(problems.append)] == ["write \\u0000 or \\\\u0000"]
    assert [problem.place for problem in problems] == ["line 2"]
    assert "NUL" in problems[0].problem


def test_a_text_without_an_end_is_named_in_plain_words(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "never ends}\n')
    assert "starting at character 10" in str(problem_with(path))


def test_names_of_thousands_of_digits_have_an_order_too(tmp_path: Path) -> None:
    packed = write_zip(tmp_path / "a.zip", {"9" * 5_000 + ".json": {"n": 2}, "10.json": {"n": 1}})
    assert [value.data["n"] for value in values(packed)] == [1, 2]


def test_a_document_that_is_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"n": ["x" * 50] * 50}, indent=1))
    assert "longer than 1,000 bytes" in str(problem_with(path, Limits(line=1000)))


def test_a_file_that_is_cut_off_is_named(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.jsonl.gz", [{"n": number} for number in range(50_000)])
    path.write_bytes(path.read_bytes()[:-2000])
    problem = problem_with(path)
    assert problem.fatal
    assert "cut off" in problem.problem
    path.write_bytes(path.read_bytes()[:100] + b"garbage" * 20)
    assert "cannot be read" in str(problem_with(path))


def test_a_bomb_is_stopped_where_the_limit_is(tmp_path: Path) -> None:
    bomb = tmp_path / "a.jsonl.gz"
    bomb.write_bytes(gzip.compress(b'{"n": 1}\n' * 1_000_000))
    assert "unpacks to more than 100,000 bytes" in str(problem_with(bomb, Limits(unpacked=100_000)))
    packed = write_zip(tmp_path / "a.zip", {"a.jsonl": '{"n": 1}\n' * 1_000_000})
    assert "it unpacks to more than 100,000 bytes" in str(problem_with(packed, Limits(unpacked=100_000)))
    many = write_zip(tmp_path / "many.zip", {f"{number}.json": {} for number in range(30)})
    assert "holds more than 20 files" in str(problem_with(many, Limits(entries=20)))


def test_a_zip_that_lies_about_its_size_is_stopped_too(tmp_path: Path) -> None:
    packed = write_zip(tmp_path / "a.zip", {"a.jsonl": '{"n": 1}\n' * 100_000})
    honest = (900_000).to_bytes(4, "little")
    packed.write_bytes(packed.read_bytes().replace(honest, (9_000).to_bytes(4, "little")))
    assert problem_with(packed, Limits(unpacked=100_000)).fatal


def linked(archive: zipfile.ZipFile) -> None:
    link = zipfile.ZipInfo("a.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(link, "/etc/passwd")


@pytest.mark.parametrize(
    ("pack", "words"),
    [
        (lambda archive: archive.writestr("../a.json", "{}"), "leads out of the archive"),
        (lambda archive: archive.writestr("/etc/a.json", "{}"), "leads out of the archive"),
        (lambda archive: archive.writestr("C:/a.json", "{}"), "leads out of the archive"),
        (lambda archive: archive.writestr("inner.zip", b"PK"), "archive within the archive"),
        (lambda archive: archive.writestr("a.jsonl.gz", b""), "archive within the archive"),
        (linked, "a link or a device, not a file"),
    ],
)
def test_mallorys_archives_are_refused(pack: Callable[[zipfile.ZipFile], None], words: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        pack(archive)
    problem = problem_with(tmp_path / "a.zip")
    assert problem.fatal
    assert words in problem.problem


def test_an_encrypted_archive_is_refused_in_words(tmp_path: Path) -> None:
    packed = write_zip(tmp_path / "a.zip", {"a.json": {}})
    data = bytearray(packed.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(header) + flags] |= 1
    packed.write_bytes(bytes(data))
    assert "encrypted" in str(problem_with(packed))


def test_what_is_not_there_or_no_archive_is_said(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="nothing at"):
        Source(tmp_path / "gone.jsonl")
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 and nothing more")
    assert "cannot be read" in str(problem_with(tmp_path / "a.zip"))


def test_the_fingerprint_tells_content_and_names(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.json").write_text("{}")
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")
    (tmp_path / "b" / "1.json").rename(tmp_path / "b" / "2.json")
    assert fingerprint(tmp_path / "a") != fingerprint(tmp_path / "b")


def test_a_list_of_any_length_is_read_an_entry_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "long.json"
    entries = [{"n": number, "text": 'a "quoted" ] , é'} for number in range(20_000)]
    for text in (json.dumps(entries), json.dumps(entries, indent=2, ensure_ascii=False)):
        path.write_text(text)
        read = values(path, Limits(line=5_000_000))
        assert [value.data for value in read] == entries
        tracemalloc.start()
        assert sum(1 for _value in Source(path).values(lambda problem: None)) == len(entries)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
        tracemalloc.stop()
    assert read[-1].place == "the file, entry 20000"


@given(st.lists(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5)), st.integers(1, 9))
def test_the_elements_of_a_list_are_found_however_it_is_cut(listed: list[Any], width: int) -> None:
    text = json.dumps(listed, ensure_ascii=False, indent=1)
    rest = iter([text[start : start + width] for start in range(width, len(text), width)])
    assert [json.loads(one) for one in elements(text[:width], lambda: next(rest, ""), 10**6)] == listed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"n": 1},\n{"n": 2}', "the list does not end"),
        ('[{"n": 1}\n] and more', "something after the end"),
        ('[{"n":\n"' + "x" * 2000 + '"},\n1]', "longer than 1,000 characters"),
        ('[{"n": 1},\n,{"n": 2}\n ]', "not JSON"),
    ],
)
def test_a_list_that_cannot_be_read_is_named(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text)
    assert words in problem_with(tmp_path / "a.json", Limits(line=1000)).problem


def test_a_bad_entry_of_a_list_does_not_end_it(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[{"n": 1},\n{broken},\n{"n": 2}\n]')
    problems: list[FormatError] = []
    read = [value.data["n"] for value in Source(tmp_path / "a.json").values(problems.append)]
    assert (read, [problem.place for problem in problems]) == ([1, 2], ["the file, entry 2"])


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz"])
def test_a_tar_is_read_like_a_zip(name: str, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / name, "w:gz" if name.endswith("gz") else "w") as archive:
        for inner in ("t/1.json", "t/._2.json", "README.md"):
            member = tarfile.TarInfo(inner)
            member.size = 8
            archive.addfile(member, io.BytesIO(b'{"n": 1}'))
    notes: list[str] = []
    read = list(Source(tmp_path / name).values(lambda problem: None, notes.append))
    assert [(value.place, value.name, value.data) for value in read] == [("t/1.json, line 1", "t/1.json", {"n": 1})]
    assert notes == ["README.md: passed over, it is no .json, .jsonl or .ndjson file"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "../a.json"}, "leads out of the archive"),
        ({"name": "a.zip"}, "archive within the archive"),
        ({"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}, "a link or a device, not a file"),
        ({"type": tarfile.CHRTYPE}, "a link or a device, not a file"),
        ({"size": 10**9}, "unpacks to more than"),
        ({"pax_headers": {"path": "x" * 17_000_000}}, "claims to have 17"),
    ],
)
def test_mallorys_tars_are_refused(changes: dict[str, Any], words: str, tmp_path: Path) -> None:
    member = tarfile.TarInfo("a.json")
    for key, value in changes.items():
        setattr(member, key, value)
    packed = gzip.compress(member.tobuf(tarfile.PAX_FORMAT) + b"\0" * 1024)
    (tmp_path / "a.tar.gz").write_bytes(packed)
    problem = problem_with(tmp_path / "a.tar.gz", Limits(unpacked=10**8))
    assert problem.fatal
    assert words in problem.problem


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    for name, data in {"a.pkl": pickle.dumps([1]), "b.pkl.gz": gzip.compress(pickle.dumps([1]))}.items():
        (tmp_path / name).write_bytes(data)
        assert "runs whatever code it holds" in problem_with(tmp_path / name).problem
    notes: list[str] = []
    packed = write_zip(tmp_path / "a.zip", {"train_data.pkl": pickle.dumps([1]), "a.json": {}})
    list(Source(packed).values(lambda problem: None, notes.append))
    assert "a Python pickle" in notes[0]


def rows(path: Path, *, heading: bool = True) -> list[tuple[str, Any]]:
    problems: list[FormatError] = []
    read = [(value.place, value.data) for value in Source(path).rows(problems.append, heading=heading)]
    return read + [(problem.place, problem.problem) for problem in problems]


def test_rows_have_their_lines_also_over_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('id;text;\n1;"two\nlines; one cell";x\n\n2;short\n3;a;b;c\n4;\0;\n')
    assert rows(path) == [
        ("line 2", {"id": "1", "text": "two\nlines; one cell", "column 3": "x"}),
        ("line 4", {}),
        ("line 5", {"id": "2", "text": "short", "column 3": ""}),
        ("line 6", "the row has 4 cells, but there are 3 columns"),
        ("line 7", "a cell holds the NUL character"),
    ]


def test_a_table_without_a_heading_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text('USER\t"so he said\nSYSTEM\tok\n')
    assert rows(path, heading=False) == [
        ("line 1", {"1": "USER", "2": '"so he said'}),
        ("line 2", {"1": "SYSTEM", "2": "ok"}),
    ]


def test_a_table_that_cannot_be_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,id\n1,2\n")
    with pytest.raises(FormatError, match="two columns are called 'id'"):
        rows(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text('id,text\n1,"never closed\n' + ("x" * 999_999 + "\n") * 17)
    with pytest.raises(FormatError, match="never closed"):
        rows(tmp_path / "b.csv")


def test_a_large_file_is_read_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        line = json.dumps({"text": "word " * 400}).encode() + b"\n"
        for _number in range(25_000):
            file.write(line)
    tracemalloc.start()
    read = sum(1 for _value in Source(path).values(lambda problem: None))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == 25_000
    assert peak < 2_000_000
