"""What the web server serves."""

import os
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from tracker.api.quick import QuickAnswers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
os.environ.setdefault("TRACKER_ROLE", "web")


def _made() -> "QuickAnswers":
    django = get_wsgi_application()
    # It needs Django's settings and models, which are there from here on.
    from tracker.api.quick import QuickAnswers

    return QuickAnswers(django)


application = _made()
