"""Dialogues as they are shown, read from their rows."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from annotation.exhibits import Message, content
from generation.models import Dialogue

AT_ONCE: Final = 500


def contents(dialogue_ids: Sequence[int], *, merge: bool) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each dialogue's id and what is shown of it, in the order given; a few hundred dialogues in memory at a time."""
    for start in range(0, len(dialogue_ids), AT_ONCE):
        wanted = dialogue_ids[start : start + AT_ONCE]
        found = Dialogue.objects.with_utterances().in_bulk(wanted)
        for dialogue_id in wanted:
            yield dialogue_id, content(_messages(found[dialogue_id]), merge=merge)


def _messages(dialogue: Dialogue) -> list[Message]:
    return [
        Message(
            index=utterance.index,
            speaker=utterance.speaker,
            text=utterance.text,
            translations={language: text for language, text in utterance.translations.items() if text},
            mentions=[(mention.start, mention.end, mention.item.title) for mention in utterance.mentions.all()],
        )
        for utterance in dialogue.utterances.all()
    ]
