"""How gunicorn serves the site: `gunicorn crsapp.wsgi --config python:crsapp.gunicorn`."""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crsapp.settings")

bind = f"{settings.HOST}:{settings.PORT}"
worker_class = "gthread"
workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
preload_app = False  # connections of a pool do not survive a fork
timeout = 120
graceful_timeout = 8
keepalive = 65
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = None  # each request has its line from `crsapp.logs`, without the tokens that stand in paths
loglevel = "warning"
control_socket_disable = True
