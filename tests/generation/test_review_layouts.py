"""Files of reviews and of items, as they are found: recognised, read, refused with a place."""

import gzip
import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from generation.formats.base import Options
from generation.formats.sources import Source
from generation.formats.values import FormatError
from generation.records import ItemRecord
from generation.reviews.items import read_items
from generation.reviews.layouts import LAYOUTS
from generation.reviews.layouts.base import ReviewRecord, rating_of, seconds
from generation.reviews.literals import as_json, json_or_literal

AMAZON_2014 = {"reviewerID": "A1", "asin": "B1", "helpful": [0, 1], "reviewText": "Good", "overall": 5.0,
               "summary": "Well", "unixReviewTime": 1394496000}  # fmt: skip
AMAZON_2018 = {"overall": 5.0, "verified": True, "reviewerID": "A1", "asin": "B1", "summary": "Well",
               "reviewText": "Good", "unixReviewTime": 1394496000}  # fmt: skip
AMAZON_2023 = {"rating": 5.0, "title": "Well", "text": "Good", "images": [], "asin": "B1x", "parent_asin": "B1",
               "user_id": "A1", "timestamp": 1394496000123, "verified_purchase": True}  # fmt: skip
EXPECTED = ReviewRecord("A1", "B1", 5.0, 1394496000, "Good", "Well", "line 1")


def file(folder: Path, content: str, name: str = "reviews.json") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def read(path: Path, problems: list[FormatError] | None = None) -> list[ReviewRecord]:
    report = problems.append if problems is not None else Options().report
    return list(LAYOUTS.guess(path).read(Source(path), Options(report=report)))


def items(path: Path, problems: list[FormatError] | None = None) -> list[ItemRecord]:
    report = problems.append if problems is not None else Options().report
    return list(read_items(Source(path), Options(report=report)))


@pytest.mark.parametrize(
    ("layout", "line"),
    [
        ("amazon_2014", json.dumps(AMAZON_2014)),
        ("amazon_2014", str(AMAZON_2014)),
        ("amazon_2018", json.dumps(AMAZON_2018)),
        ("amazon_2023", json.dumps(AMAZON_2023)),
        ("table", "user,item,rating,timestamp,text,summary\nA1,B1,5,1394496000,Good,Well"),
        ("table", "A1;B1;5.0;1394496000"),
        ("movielens", "userId,movieId,rating,timestamp\nA1,B1,5.0,1394496000"),
    ],
)
def test_a_layout_is_recognised_and_read(tmp_path: Path, layout: str, line: str) -> None:
    path = file(tmp_path, line, "reviews.csv" if layout in ("table", "movielens") else "reviews.json")
    assert LAYOUTS.guess(path).name == layout
    (record,) = read(path)
    assert (record.person, record.item, record.rating, record.at) == EXPECTED[:4]
    assert (record.text, record.title) in {("Good", "Well"), ("", "")}


def test_a_layout_is_found_by_its_file_and_described() -> None:
    assert {"amazon_2014", "amazon_2018", "amazon_2023", "movielens", "table"} == set(LAYOUTS.all)
    assert all(layout.title and layout.description for layout in LAYOUTS.all.values())


def test_a_bad_line_is_reported_with_its_place_and_the_rest_is_read(tmp_path: Path) -> None:
    good = json.dumps(AMAZON_2018)
    without = json.dumps({key: value for key, value in AMAZON_2018.items() if key != "overall"})
    problems: list[FormatError] = []
    found = read(file(tmp_path, "\n".join([good, "{'broken", without, json.dumps([1]), good])), problems)
    assert [record.place for record in found] == ["line 1", "line 5"]
    assert [problem.place for problem in problems] == ["line 2", "line 3", "line 4"]
    assert "there is no rating" in str(problems[1])


def test_missing_text_is_no_problem(tmp_path: Path) -> None:
    silent = {key: value for key, value in AMAZON_2018.items() if key != "reviewText"}
    (record,) = read(file(tmp_path, "\n".join([json.dumps(silent)])))
    assert record.text == ""


def test_a_list_of_reviews_is_taken_apart(tmp_path: Path) -> None:
    assert len(read(file(tmp_path, json.dumps([AMAZON_2023, AMAZON_2023], indent=1)))) == 2


def test_a_file_that_was_cut_off_says_where(tmp_path: Path) -> None:
    lines = "".join(json.dumps({**AMAZON_2014, "reviewText": str(number) * 50}) + "\n" for number in range(1000))
    path = tmp_path / "reviews.json.gz"
    path.write_bytes(gzip.compress(lines.encode())[:-200])
    with pytest.raises(FormatError, match=r"line \d+: the file ends in the middle") as cut:
        read(path)
    assert cut.value.fatal


def test_movielens_in_an_archive_brings_its_films(tmp_path: Path) -> None:
    path = tmp_path / "ml.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("ml/ratings.csv", "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n")
        archive.writestr("ml/movies.csv", 'movieId,title,genres\n31,"Heat, The (1995)",Action|Crime\n')
        archive.writestr("ml/tags.csv", "userId,movieId,tag,timestamp\n1,31,good,1260759144\n")
    layout = LAYOUTS.guess(path)
    assert [record.item for record in layout.read(Source(path), Options())] == ["31"]
    assert layout.items is not None
    (film,) = layout.items(Source(path), Options())
    assert (film.title, film.year, film.attributes) == ("Heat, The (1995)", 1995, {"genres": "Action|Crime"})


def test_a_table_says_which_column_is_missing(tmp_path: Path) -> None:
    path = file(tmp_path, "a,b\nx,y\n", "reviews.csv")
    with pytest.raises(FormatError, match="no column is the rating"):
        read(path)
    mapped = LAYOUTS.all["table"].mapped({"person": ["a"], "item": ["b"], "rating": ["stars"]})
    with pytest.raises(FormatError, match="there is no column 'stars'"):
        list(mapped.read(Source(path), Options()))


@pytest.mark.parametrize(
    "content",
    [
        "{'asin': 'B1', 'title': 'Bob\\'s &amp; Co', 'categories': [['CDs', 'Pop'], ['CDs']]}",
        json.dumps({"asin": "B1", "title": "Bob's & Co", "categories": [["CDs", "Pop"], ["CDs"]]}),
        json.dumps({"B1": {"title": "Bob's & Co", "categories": ["CDs", "Pop"]}}, indent=1),
    ],
)
def test_items_are_read_in_the_forms_that_there_are(tmp_path: Path, content: str) -> None:
    (found,) = items(file(tmp_path, content, "meta.json"))
    assert found == ItemRecord(external_id="B1", title="Bob's & Co", attributes={"categories": ["CDs", "Pop"]})


def test_items_of_a_map_and_of_a_table(tmp_path: Path) -> None:
    assert [item.title for item in items(file(tmp_path, '{"1": "One", "2": "Two"}', "titles.json"))] == ["One", "Two"]
    assert [item.external_id for item in items(file(tmp_path, "asin,title\nB1,One\nB2,\n", "titles.csv"))] == ["B1"]


def test_an_item_without_an_id_is_reported(tmp_path: Path) -> None:
    problems: list[FormatError] = []
    items(file(tmp_path, "name\nOne\n", "titles.csv"), problems)
    assert "line 2: the item has none of" in str(problems[0])


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "{'a': open('x')}",
        "{'a': 'b' 'c'}",
        "{'a': (1, 2)}",
        "{'a': 1 + 1}",
        "{'a': b'x'}",
        "{" * 100_000,
        "[" * 100 + "]" * 100,
        "-" * 100_000 + "1",
        "{'a': 'never closed",
        "{'a': '\\N{NO SUCH CHARACTER}'}",
        "{'a': '\\x00'}",
        "{'a': 1e999}",
        "{'a': " + "1" * 2_000_000 + "}",
    ],
)
def test_nothing_but_plain_literals_is_read(text: str) -> None:
    with pytest.raises(FormatError):
        json_or_literal(as_json(text), "line 1")


def test_a_literal_means_what_python_means_by_it() -> None:
    value = {
        "a": ["x\ty", 'double "quotes"', "it's", "é\u2028"],
        "n": -1.5e3,
        "t": True,
        "f": False,
        "none": None,
        "d": {},
    }
    assert json_or_literal(str(value), "") == value
    assert json_or_literal("{u'old': u'caf\\xe9'}", "") == {"old": "café"}


@pytest.mark.parametrize("value", ["yesterday", "9" * 30, "nan", "inf"])
def test_a_time_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(FormatError):
        seconds(value)


@pytest.mark.parametrize("value", [None, "", "good", True, float("inf"), "nan", [], 10**400])
def test_a_rating_that_is_none_is_refused(value: object) -> None:
    with pytest.raises(FormatError):
        rating_of(value)
