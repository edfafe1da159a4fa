from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "crsapp.jobs"
    label = "jobs"
