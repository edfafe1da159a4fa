from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules

from crsapp.jobs.registry import check_duplicates


class JobsConfig(AppConfig):
    name = "crsapp.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Find every app's handlers, in web processes, workers and commands alike."""
        autodiscover_modules("tasks")
        checks.register(check_duplicates)
