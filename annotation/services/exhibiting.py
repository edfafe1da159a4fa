"""Dialogues as they are shown, read from their rows."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from annotation.exhibits import Message, content
from generation.models import ItemMention, Utterance

AT_ONCE: Final = 500


def contents(dialogue_ids: Sequence[int], *, merge: bool) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each dialogue's id and what is shown of it, in the order given; a few hundred dialogues in memory at a time."""
    for start in range(0, len(dialogue_ids), AT_ONCE):
        wanted = dialogue_ids[start : start + AT_ONCE]
        messages = _messages(wanted)
        for dialogue_id in wanted:
            yield dialogue_id, content(messages[dialogue_id], merge=merge)


def _messages(dialogue_ids: Sequence[int]) -> dict[int, list[Message]]:
    """The messages of each dialogue. Plain values and not rows of models: a study may show fifty thousand dialogues."""
    mentions: dict[int, list[tuple[int | None, int | None, str]]] = defaultdict(list)
    rows = ItemMention.objects.filter(utterance__dialogue__in=dialogue_ids).order_by("utterance", "start")
    for utterance, start, end, title in rows.values_list("utterance", "start", "end", "item__title"):
        mentions[utterance].append((start, end, title))
    messages: dict[int, list[Message]] = defaultdict(list)
    utterances = Utterance.objects.filter(dialogue__in=dialogue_ids).order_by("dialogue", "index")
    for pk, dialogue, index, speaker, text, translations in utterances.values_list(
        "pk", "dialogue", "index", "speaker", "text", "translations"
    ):
        others = {language: other for language, other in translations.items() if other}
        messages[dialogue].append(Message(index, speaker, text, others, mentions.get(pk, ())))
    return messages
