from collections.abc import Mapping
from typing import Any

from generation.formats.table import PARTS
from generation.management.importing import ImportCommand
from generation.models import Import


class Command(ImportCommand):
    help = "Import dialogues from a file, plain or .gz, a .zip, .tar or folder. One bad entry refuses the whole."
    kind = Import.Kind.DIALOGUES
    parts = PARTS

    def counted(self, figures: Mapping[str, Any]) -> str:
        return (
            f"{_counted(figures['dialogues'], 'dialogue')}, {_counted(figures['utterances'], 'utterance')} "
            f"({figures['user_utterances']:,} by users, {figures['system_utterances']:,} by agents), "
            f"{_counted(figures['items'], 'item')}, {_counted(figures['people'], 'person', 'people')}."
        )


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
