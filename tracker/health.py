"""What a supervisor asks: is the process alive, and can it serve?"""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tracker.ping import redis_answers


@require_safe
@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is looked at: restarting it would not mend PostgreSQL."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether readers can be served. Without Valkey they can: only the doorbell is silent."""
    database = _database_answers()
    state = {"database": _word(answers=database), "valkey": _word(answers=redis_answers(settings.CELERY_BROKER_URL))}
    return JsonResponse(state, status=200 if database else 503)


def _word(*, answers: bool) -> str:
    return "answers" if answers else "silent"


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
