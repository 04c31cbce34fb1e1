"""The people of a plan, and the roles that they are given."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from provisions.forms import RoleForm
from provisions.models import DeskRole, PlanVersion
from provisions.people import appoint, members
from provisions.policy import RULES, Act, Rank, may_appoint

from .asking import Request, allowed


@require_http_methods(["GET", "POST"])
@allowed(Act.APPOINT)
def people_page(request: Request, plan: str) -> HttpResponse:
    """Everybody who has a role, and the form that gives one, changes it or takes it back."""
    head = get_object_or_404(PlanVersion.objects.standing().select_related("plan"), plan__slug=plan)
    roles = [role for role in DeskRole if may_appoint(request.user, role, plan=plan)]
    form = RoleForm(request.POST if request.method == "POST" else None, roles=roles)
    if form.is_bound and form.is_valid() and form.user:
        try:
            appoint(plan, form.user, form.asked, by=request.user)  # type: ignore[arg-type]
        except PermissionDenied:
            form.add_error("username", _("Their role is not below yours, so you cannot change it."))
        else:
            done = _("%(name)s now has this role: %(role)s.") if form.asked else _("%(name)s has no role any more.")
            messages.success(request, done % {"name": form.user, "role": form.asked.label if form.asked else ""})
            return redirect("people", plan=plan)
    context = {
        "plan": head,
        "members": members(plan),
        "form": form,
        "problems": form.problems if form.is_bound else [],
        "ranks": [(rank.title, [rule.what for rule in RULES.values() if rule.least == rank]) for rank in Rank],
    }
    return render(request, "provisions/people.html", context)
