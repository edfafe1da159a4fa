"""Whatever lies at the path, it is read in constant memory or refused in words."""

import gzip
import json
import stat
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

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
    assert notes == ["README.md: passed over, it is neither .json nor .jsonl"]
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
    path.write_text(json.dumps([{"n": "x" * 50}] * 50, indent=1))
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
    assert "it unpacks to 9,000,000 bytes" in str(problem_with(packed, Limits(unpacked=100_000)))
    many = write_zip(tmp_path / "many.zip", {f"{number}.json": {} for number in range(30)})
    assert "holds 30 files" in str(problem_with(many, Limits(entries=20)))


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
        (linked, "a link, not a file"),
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
