"""How the jobs fare, for the staff."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from provisions.policy import Act
from provisions.status import status

from .asking import Request, allowed


@require_GET
@never_cache
@allowed(Act.OPERATE)
def status_page(request: Request) -> HttpResponse:
    return render(request, "provisions/status.html", {"status": status()})
