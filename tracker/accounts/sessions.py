"""How long somebody stays signed in: named in the settings as what keeps sessions."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore as InTheDatabase
from django.http import HttpRequest
from django.utils import timezone

BEGAN = "began"
# The use of a session is noted so often at the most.
NOTED_EVERY = timedelta(minutes=10)


class SessionStore(InTheDatabase):
    """Ends a session that nobody used for a while, and any session some days after the sign-in."""

    def load(self) -> dict[str, Any]:
        row = self._get_session_from_db()  # type: ignore[attr-defined]
        if row is None:
            return {}
        # It is saved with the answer, and so lives for another while from now on.
        if row.expire_date - timezone.now() < timedelta(seconds=settings.SESSION_COOKIE_AGE) - NOTED_EVERY:
            self.modified = True
        return self.decode(row.session_data)

    def get_expiry_age(self, **moments: Any) -> int:
        return min(super().get_expiry_age(**moments), max(0, int((self._end() - timezone.now()).total_seconds())))

    def get_expiry_date(self, **moments: Any) -> datetime:
        return min(super().get_expiry_date(**moments), self._end())

    def _end(self) -> datetime:
        """When it ends, however much it is used."""
        began = datetime.fromtimestamp(self.get(BEGAN) or time.time(), UTC)
        return began + timedelta(seconds=settings.SESSION_LONGEST)


def note_beginning(request: HttpRequest, user: User, **_: Any) -> None:
    """Somebody signed in. What was kept of the time before says nothing about how long that is ago."""
    request.session[BEGAN] = int(time.time())
