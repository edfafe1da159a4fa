"""Every fault planted in a conversation is found under its code, and nothing in one without, in each language."""

import pytest

from generation.checks.phrases import languages_with_phrases
from generation.llm.mishaps import Mishap
from tests.generation.checks.conversation_rates import PLANTED, found_in, talks

LANGUAGES = sorted(languages_with_phrases())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_clean_conversation_has_a_finding(language: str) -> None:
    assert not found_in(talks(200, language=language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mishap", PLANTED, ids=lambda mishap: mishap.slug)
def test_every_planted_fault_is_found(mishap: Mishap, language: str) -> None:
    assert found_in(talks(40, language=language, **{mishap.slug: 1.0})) == {mishap.filter: 40}
