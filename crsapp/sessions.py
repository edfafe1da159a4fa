"""Django's sessions in the database, read by a statement that is put together once: every request begins with it."""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.utils import timezone

from generation.services.prepared import Selecting

_LIVE = Selecting(
    lambda given: Session.objects.filter(session_key=given.session_key, expire_date__gt=given.now).order_by()
)


class SessionStore(DatabaseSessions):
    def _get_session_from_db(self) -> Any:
        found = _LIVE.first(session_key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
