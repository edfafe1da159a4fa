from django.apps import AppConfig
from django.core import checks

from crsapp.jobs.registry import check_duplicates


class JobsConfig(AppConfig):
    name = "crsapp.jobs"
    label = "jobs"

    def ready(self) -> None:
        checks.register(check_duplicates)
