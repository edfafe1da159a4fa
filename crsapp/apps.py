import gc
from typing import Final

from django.apps import AppConfig

OBJECTS_BETWEEN_COLLECTIONS: Final = 20_000


class CrsappConfig(AppConfig):
    name = "crsapp"

    def ready(self) -> None:
        """Look for garbage in circles less often: Python's 700 objects cost an import a quarter of its time."""
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
