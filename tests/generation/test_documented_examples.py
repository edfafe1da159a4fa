"""The files that the README and the tutorial ask to be saved: they import as they stand there."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from generation.models import Dialogue

pytestmark = [pytest.mark.django_db, pytest.mark.database]
ROOT = Path(__file__).parents[2]


def examples(name: str) -> list[tuple[str, str]]:
    return re.findall(r"^( *)```json\n(.+?)^\1```", (ROOT / name).read_text(), re.S | re.M)


@pytest.mark.parametrize(("name", "files"), [("README.md", 1), ("docs/tutorial.md", 2)])
def test_a_file_copied_from_the_text_imports(name: str, files: int, tmp_path: Path) -> None:
    found = examples(name)
    assert len(found) == files
    for number, (indent, text) in enumerate(found):
        path = tmp_path / f"{number}.jsonl"
        path.write_text(re.sub(f"^{indent}", "", text, flags=re.M))
        before = Dialogue.objects.visible().count()
        call_command("import_dialogues", str(path), dataset=f"Copied {number}", stdout=StringIO())
        assert Dialogue.objects.visible().count() == before + text.count('"utterances"')
