"""Dialogues as they are shown, read from their rows."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final

from annotation.beside import Beside
from annotation.exhibits import Message, content
from generation.models import Dialogue, ItemMention, Utterance
from generation.services.histories import histories

AT_ONCE: Final = 500


def contents(
    dialogue_ids: Sequence[int], *, merge: bool, context: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each dialogue's id and what is shown of it, in the order given; a few hundred dialogues in memory at a time.

    `context` names what is shown beside it.
    """
    for start in range(0, len(dialogue_ids), AT_ONCE):
        wanted = dialogue_ids[start : start + AT_ONCE]
        messages = _messages(wanted)
        beside = _beside(wanted, context) if context else {}
        for dialogue_id in wanted:
            shown = content(messages[dialogue_id], merge=merge, beside=beside.get(dialogue_id), context=context)
            yield dialogue_id, shown


def _beside(dialogue_ids: Sequence[int], context: Sequence[str]) -> dict[int, Beside]:
    """What the files say of each dialogue's user."""
    known = histories(dialogue_ids) if "history" in context else {}
    rows = Dialogue.objects.filter(pk__in=dialogue_ids).order_by()
    fields = ("situation", "situation_translations", "person__profile", "person__profile_translations")
    return {
        pk: Beside(task, task_translations or {}, profile or "", profile_translations or {}, known.get(pk, ()))
        for pk, task, task_translations, profile, profile_translations in rows.values_list("pk", *fields)
    }


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
