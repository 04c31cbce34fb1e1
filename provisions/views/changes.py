"""The log of a plan as people read it."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from provisions.chronicle import chronicle
from provisions.codebook import VOCABULARIES
from provisions.models import PlanVersion

from .asking import Request


@require_GET
def changes_page(request: Request, plan: str) -> HttpResponse:
    head = PlanVersion.objects.standing().filter(plan__slug=plan).select_related("plan").first()
    if head is None:
        raise Http404
    resources = VOCABULARIES["resource"]
    resource = request.GET.get("resource", "")
    asked = resource if any(each.value == resource for each in resources) else ""
    before = request.GET.get("before", "")
    page = chronicle(plan, before=int(before) if before.isdecimal() else None, resource=asked)
    context = {"plan": head, "page": page, "resources": resources, "resource": asked, "before": before}
    return render(request, "provisions/changes.html", context)
