"""Which questions a unit asks, in which order: the criteria begin elsewhere for the next seat, places never mix."""

from annotation.instruments import shipped
from annotation.questions import questions

TURNS = [{"speaker": "user", "text": "A film?"}, {"speaker": "system", "text": "Grain."}]
QUALITY = [shipped()["utterance-quality"]]


def order(rotation: int) -> list[tuple[str, int]]:
    return [(question.criterion.key, question.place) for question in questions(QUALITY, TURNS, rotation=rotation)]


def test_without_rotation_the_criteria_come_as_written() -> None:
    assert [key for key, _ in order(0)][:4] == ["fluency", "informativeness", "logicality", "coherence"]


def test_four_seats_begin_with_four_different_criteria_and_the_fifth_as_the_first() -> None:
    assert len({order(seat)[0][0] for seat in range(4)}) == 4
    assert order(4) == order(0)


def test_whatever_the_rotation_everything_is_asked_once_and_place_after_place() -> None:
    for rotation in range(5):
        assert sorted(order(rotation)) == sorted(order(0))
        assert [place for _, place in order(rotation)] == [0] * 4 + [1] * 4


def test_an_instrument_without_questions_asks_nothing() -> None:
    assert questions([], TURNS, rotation=3) == []
