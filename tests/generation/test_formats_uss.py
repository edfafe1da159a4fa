"""USS: ratings by several raters, of utterances and of the dialogue."""

from pathlib import Path

from generation.formats import FORMATS
from tests.generation.dialogue_files import read

TALK = '\nUSER\t"Hello\tGREET\t4,3,4\nSYSTEM\tHi\t\t\nUSER\tHm\t\t3,x\nUSER\tOVERALL\t\t3,3,4\n\nSYSTEM\tA\t\t\n'


def test_ratings_are_labels_and_overall_is_no_utterance(tmp_path: Path) -> None:
    path = tmp_path / "CCPE.txt"
    path.write_text(TALK.replace(",x", ",4"))
    assert FORMATS.guess(path).name == "uss"
    first, second = read("uss", path)
    assert [(one.speaker, one.text, one.labels) for one in first.utterances] == [
        ("user", '"Hello', {"action": "GREET", "satisfaction": [4, 3, 4]}),
        ("system", "Hi", {}),
        ("user", "Hm", {"satisfaction": [3, 4]}),
    ]
    assert (first.labels, second.labels) == ({"satisfaction": [3, 3, 4]}, {})
    assert first.external_id == "CCPE.txt, dialogue 1"


def test_what_is_no_rating_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "CCPE.txt"
    path.write_text(TALK)
    assert read("uss", path)[0].utterances[2].labels == {"satisfaction": "3,x"}
