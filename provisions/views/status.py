"""How the jobs fare, for the staff."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from provisions.status import status

from .asking import Request


@require_GET
@never_cache
@login_required
def status_page(request: Request) -> HttpResponse:
    if not request.user.is_staff:
        raise PermissionDenied
    return render(request, "provisions/status.html", {"status": status()})
