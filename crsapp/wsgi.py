import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crsapp.settings")
application = get_wsgi_application()
# Views are imported now, not while somebody waits for the first page.
get_resolver().url_patterns  # noqa: B018
