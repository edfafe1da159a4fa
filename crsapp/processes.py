"""The commands that start the processes of a site. Nothing here needs the site itself to be set up."""

import os
import sys

from django.conf import settings


def web_command(host: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "crsapp.wsgi:application", "--config", "python:crsapp.gunicorn"),
        *("--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"),
    ]


def worker_command() -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "--quiet", "--app", "crsapp.jobs.celery", "worker"),
        *("--pool", "threads", "--concurrency", str(settings.WORKER_THREADS)),
        *("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING"),
    ]


def demo_command() -> list[str]:
    return [sys.executable, "-m", "django", "demo", "--settings", os.environ["DJANGO_SETTINGS_MODULE"]]
