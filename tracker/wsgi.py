"""What the web server serves."""

import os
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from tracker.metrics import Wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
os.environ.setdefault("TRACKER_ROLE", "web")


def _made() -> "Wsgi":
    django = get_wsgi_application()
    # It needs Django's settings and models, which are there from here on.
    from tracker.api.quick import QuickAnswers
    from tracker.metrics import measured

    return measured(QuickAnswers(django))


application = _made()
