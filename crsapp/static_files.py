"""Static files, without what comes with django-htmx and nobody is sent: compressing it took half of the first start."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "htmx-4*", "htmax-4*", "htmx-2.js", "htmx-2-compat*", "ext"]
