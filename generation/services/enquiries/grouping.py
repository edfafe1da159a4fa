"""Asking which phrases say the same. What comes of it is suggested; a person confirms."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from generation.llm.prompts import Rendered, get_prompt
from generation.models import AskedText, Call, Dataset, Enquiry
from generation.preferences.phrases import AnswerError
from generation.preferences.synonyms import numbered, read_groups
from generation.services.enquiries.kinds import Answered, Refused, Target
from generation.services.phrase_groups import add_suggested
from generation.services.preferences import loose_phrases

AT_ONCE: Final = 150
MOST: Final = 1500
"""Phrases in all; those beyond are so rare that grouping them changes nothing."""


class Synonyms:
    prompt = "synonyms"
    tokens_out = 0.4
    side_by_side = True

    def targets(self, dataset: Dataset, language: str, said: Mapping[str, Any]) -> Iterator[Target]:
        """Loose phrases in the order of the alphabet, so that forms of a word come together."""
        phrases = iter(sorted(list(loose_phrases(dataset))[:MOST]))
        while len(some := list(islice(phrases, AT_ONCE))) > 1:
            yield Target(AskedText.What.PHRASES, None, some)

    def questions(self, enquiry: Enquiry, texts: Sequence[AskedText]) -> dict[int, Rendered]:
        prompt = get_prompt(self.prompt)
        return {asked.pk: prompt.render(n=len(asked.phrases), phrases=numbered(asked.phrases)) for asked in texts}

    def take(self, enquiry: Enquiry, answers: Sequence[Answered]) -> list[str | Refused]:
        return [self._take(enquiry, *answered) for answered in answers]

    def _take(self, enquiry: Enquiry, asked: AskedText, call: Call) -> str | Refused:
        try:
            groups = read_groups(call.answer, asked.phrases)
        except AnswerError as error:
            return Refused(str(error))
        add_suggested(dataset=enquiry.dataset, groups=groups)
        return hashlib.sha256(call.answer.encode()).hexdigest()

    def remove(self, enquiry: Enquiry) -> Iterator[int]:
        """Suggestions are dropped one by one, or all, where they are looked at."""
        yield from ()
