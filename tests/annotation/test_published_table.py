"""A table of judgments from elsewhere, as it is read: layouts, missing cells, scales, and files that are none."""

import json
from pathlib import Path

import pytest

from annotation.published import Options, Reading, TableError, parse_options
from tests.annotation.tables import KRIPPENDORFF, problems, read, written

LONG = "unit,annotator,criterion,value\nd1,ann,fluency,2\nd1,bob,fluency,1\nd2,ann,fluency,2\n"
VOTES = "unit,annotator,left,right,value\n1,ann,Heat,Ronin,{}\n1,bob,Ronin,Heat,{}\n"


def test_units_down_and_annotators_across_with_empty_cells(tmp_path: Path) -> None:
    figures = read(tmp_path, KRIPPENDORFF).figures()
    assert (figures["units"], figures["annotators"], figures["judgments"], figures["missing"]) == (12, 4, 41, 7)
    assert figures["criteria"][0]["scale"] == "ordinal"
    assert figures["problems"] == []


@pytest.mark.parametrize("name", ["table.csv", "table.csv.gz", "table.tsv"])
def test_one_answer_a_row(tmp_path: Path, name: str) -> None:
    text = LONG.replace(",", "\t") if "tsv" in name else LONG
    figures = read(tmp_path, text, name).figures()
    assert (figures["units"], figures["annotators"], figures["judgments"]) == (2, 2, 3)


def test_json_lines_with_nulls_and_numbers(tmp_path: Path) -> None:
    rows = [{"unit": unit, "annotator": who, "value": value} for unit, who, value in ((1, "a", 2), (1, "b", None))]
    figures = read(tmp_path, "\n".join(json.dumps(row) for row in rows), "table.jsonl").figures()
    assert (figures["judgments"], figures["missing"], figures["units"]) == (1, 1, 1)


def test_lists_of_answers_are_refused_and_beside_answers_they_do_no_harm(tmp_path: Path) -> None:
    ratings = {"context": "Hi", "annotators": ["ann", "bob"], "Natural": [1, 3]}
    reading = read(tmp_path, json.dumps([ratings]), "table.json")
    assert reading.problem_count == 1
    assert "“annotators” holds no single answer" in problems(reading)
    assert "one answer a line" in problems(reading)
    answer = {"unit": "d1", "annotator": "ann", "criterion": "fluency", "value": 2, "tokens": [3, 4]}
    figures = read(tmp_path, json.dumps(answer), "table.jsonl").figures()
    assert (figures["judgments"], figures["problems"]) == (1, [])


def test_criteria_across_and_columns_named(tmp_path: Path) -> None:
    text = "id,dialogue,who,gold,fluency,logic\n1,d1,ann,0,1,2\n2,d1,bob,1,3,2\n"
    options = parse_options(
        columns=["unit=dialogue", "annotator=who", "counted=!gold"], criteria=["fluency", "logic"], scales=[]
    )
    figures = read(tmp_path, text, options=options).figures()
    assert [one["criterion"] for one in figures["criteria"]] == ["fluency", "logic"]
    assert (figures["judgments"], figures["not_counted"]) == (4, 2)


@pytest.mark.parametrize(("ann", "bob"), [("left", "right"), ("A", "B"), ("1", "2"), ("Heat", "Heat")])
def test_votes_by_position_and_by_name_are_the_same(tmp_path: Path, ann: str, bob: str) -> None:
    table = read(tmp_path, VOTES.format(ann, bob)).table
    assert table is not None
    assert [answer.value for answer in table.answers] == [1, 2]
    assert [work.side for work in table.work] == [1, 2]
    assert len(table.units) == 1


def test_a_vote_that_reads_two_ways_is_refused(tmp_path: Path) -> None:
    reading = read(tmp_path, "unit,annotator,left,right,value\n1,ann,2,1,1\n")
    assert "read as a position and as a name" in problems(reading)
    assert not reading.is_clean


@pytest.mark.parametrize("cell", ["", "NA", "nan", "NaN", "null", "None", "-"])
def test_cells_that_hold_no_answer(tmp_path: Path, cell: str) -> None:
    figures = read(tmp_path, f"unit,a,b\n1,2,{cell}\n2,1,1\n").figures()
    assert (figures["judgments"], figures["missing"], figures["cannot_judge"]) == (3, 1, 0)
    assert figures["problems"] == []


@pytest.mark.parametrize("cell", ["N/A", "n/a", "N/A (no error made)", "cannot judge"])
def test_cells_that_say_cannot_judge_keep_the_reason(tmp_path: Path, cell: str) -> None:
    table = read(tmp_path, f"unit,a,b\n1,2,{cell}\n2,1,1\n").table
    assert table is not None
    said = [answer for answer in table.answers if answer.value is None]
    assert [answer.reason for answer in said] == ["no error made" if "(" in cell else ""]


@pytest.mark.parametrize(
    ("values", "scale", "stored"),
    [
        (("1", "2", "5"), "ordinal", [1, 2, 5]),
        (("1.0", "2.0", "5.0"), "ordinal", [1, 2, 5]),
        (("1", "2.5", "5"), "ordinal", [10, 25, 50]),
        (("0", "1", "1"), "binary", [0, 1, 1]),
        (("yes", "no", "no"), "binary", [1, 0, 0]),
        (("good", "bad", "ugly"), "nominal", [1, 0, 2]),
    ],
)
def test_scales_are_guessed(tmp_path: Path, values: tuple[str, ...], scale: str, stored: list[int]) -> None:
    table = read(tmp_path, "unit,a\n" + "\n".join(f"{at},{value}" for at, value in enumerate(values))).table
    assert table is not None
    assert table.criteria[0].scale == scale
    assert [answer.value for answer in table.answers] == stored


def test_many_different_numbers_are_an_interval_scale(tmp_path: Path) -> None:
    table = read(tmp_path, "unit,a\n" + "\n".join(f"{at},{at / 2}" for at in range(50))).table
    assert table is not None
    (criterion,) = table.criteria
    assert criterion.scale == "interval"
    assert [criterion.number(option.value) for option in criterion.options] == [0.0, 24.5]


def test_a_word_among_numbers_is_a_mistake_with_its_place(tmp_path: Path) -> None:
    rows = "\n".join(f"{at},{at % 5 + 1}" for at in range(20))
    reading = read(tmp_path, f"unit,a\n{rows}\n20,four\n")
    assert "line 22, column “a”: “four” is no answer to “rating” (ordinal): it is not a number" in problems(reading)
    assert reading.table is not None
    assert len(reading.table.answers) == 20


def test_the_same_criterion_of_utterances_and_of_dialogues_is_two(tmp_path: Path) -> None:
    text = "unit,annotator,criterion,value,utterance\nd,ann,overall,1,0\nd,ann,overall,2,1\nd,ann,overall,4,\n"
    figures = read(tmp_path, text).figures()
    assert [(one["criterion"], one["target"]) for one in figures["criteria"]] == [
        ("overall", "utterance"),
        ("overall-2", "dialogue"),
    ]


def test_nobody_answers_twice_unless_rounds_are_numbered(tmp_path: Path) -> None:
    twice = "unit,annotator,value\n1,ann,2\n1,ann,3\n"
    assert "line 3: the same annotator answered this of the same unit in line 2" in problems(read(tmp_path, twice))
    figures = read(tmp_path, "unit,annotator,value,repeat\n1,ann,2,0\n1,ann,3,1\n").figures()
    assert (figures["problem_count"], figures["not_counted"]) == (0, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The file is empty"),
        ("   \n\n", "The file is empty"),
        ("just words\nand more\n", "single column"),
        ("unit,annotator,criterion,value\n", "no row under the header"),
        ("unit,annotator,value\n1,ann,\n", "there is no answer in the table"),
        ("unit,a,a\n1,2,3\n", "two columns are called"),
        ("1,2,3,3,2\n1,2,3,3,2\n", "two columns are called"),
        ("unit,value\n1,2\n", "no column says whose"),
        ("annotator,value\nann,2\n", "No column says which unit"),
        ("unit,a,b\n1,2,3,4\n", "line 2: the row has 4 cells, but there are 3 columns"),
        ('unit,a\n1,"2\n' + "3,4\n" * 9_000, "a quotation mark is opened here and never closed"),
        (b"unit,a\n1,\xff\n2,2\n", "is not UTF-8"),
        ("unit,a\n1,2\x00\n2,1\n", "NUL character"),
        ("unit,a\n" + "x" * 300 + ",2\n", "has 300 characters"),
        ("unit,annotator,value,counted\n1,ann,2,perhaps\n", "is neither 1 nor 0"),
        ("unit,annotator,value,utterance\n1,ann,2,-3\n", "is no whole number"),
        ("unit,annotator,value,dataset\n1,ann,2,north\n1,bob,2,south\n", "was dialogue “1” of “north” in line 2"),
        ("unit,annotator,left,right,value\n1,ann,x,x,A\n", "left and right are the same"),
        ("unit,annotator,left,right,value\n1,ann,x,,A\n", "one side only"),
        ("unit,annotator,left,right,value\n1,ann,x,y,z\n", "is no vote"),
        ('{"unit": 1, "annotator": "a", "value": 1}\n{"unit": 1, "who": "b"}\n', "is not in the first object"),
        ('{"unit": 1, "annotator": "a", "value": 1}\n[1]\n', "is not an object"),
        ("unit,annotator,value\n1,,2\n", "`annotator` is empty"),
        ("unit,a\n" + "\n".join(f"{at},word {at}" for at in range(40)), "at most 30 categories"),
    ],
)
def test_bad_files_are_refused_in_words(tmp_path: Path, text: str | bytes, said: str) -> None:
    reading = read(tmp_path, text, "table.jsonl" if str(text).startswith("{") else "table.csv")
    assert said in problems(reading)
    assert not reading.is_clean


def test_a_cut_off_gz_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, KRIPPENDORFF * 50, "table.csv.gz")
    path.write_bytes(path.read_bytes()[:40])
    reading = Reading(path, Options())
    list(reading.steps())
    assert reading.fatal
    assert "cut off" in problems(reading)


def test_problems_are_listed_up_to_a_bound_and_counted_all(tmp_path: Path) -> None:
    reading = read(tmp_path, "unit,annotator,value\n" + "1,,2\n" * 500)
    assert reading.problem_count == 501
    assert len(reading.problems) == 100


@pytest.mark.parametrize(
    "said", [{"columns": ["unit"]}, {"columns": ["nothing=x"]}, {"scales": ["funny"]}, {"scales": ["a=funny"]}]
)
def test_options_that_mean_nothing_are_refused(said: dict[str, list[str]]) -> None:
    with pytest.raises(TableError):
        parse_options(**said)


def test_a_scale_for_a_criterion_that_is_not_there_is_refused(tmp_path: Path) -> None:
    reading = read(tmp_path, LONG, options=parse_options(scales=["fluensy=nominal"]))
    assert "no such criterion" in problems(reading)
    assert reading.fatal
