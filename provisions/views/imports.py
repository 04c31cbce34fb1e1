"""Importing plan files in pages: choose, look, apply, and undo. For administrators."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from provisions import intake
from provisions.exporting import CannotExport, plan_files, whole
from provisions.forms import DecisionForm, UndoForm, UploadForm
from provisions.importing.uploads import BadUpload, packed
from provisions.models import Import, ImportState, Plan, Resource
from provisions.policy import Act
from provisions.tombstones import tombstones

from .asking import Request, allowed, author

SHOWN = 20


@require_http_methods(["GET", "POST"])
@never_cache
@allowed(Act.IMPORT)
def imports_page(request: Request) -> HttpResponse:
    """Choose files; and what became of those before."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        given = [(each.name or "", each.read()) for each in form.cleaned_data["uploads"]]
        try:
            row = intake.upload(given, reason=form.cleaned_data["reason"], by=request.user)  # type: ignore[arg-type]
        except BadUpload as error:
            form.add_error("uploads", str(error))
        else:
            return redirect("import", number=row.pk)
    context = {
        "form": form,
        "problems": form.problems if form.is_bound else [],
        "imports": intake.last_imports(SHOWN),
        "plans": Plan.objects.order_by("slug").values_list("slug", flat=True),
        "deleted": tombstones(),
    }
    return render(request, "provisions/imports.html", context)


@require_GET
@never_cache
@allowed(Act.IMPORT)
def import_page(request: Request, number: int) -> HttpResponse:
    """An import as far as it is: being read, faulty, to be looked at, being applied, or done."""
    row = _row(number)
    if request.htmx and not ImportState(row.state).moving:
        # What the page waited for is there; it is another page now.
        return HttpResponse(headers={"HX-Refresh": "true"})
    template = "provisions/import.html#progress" if request.htmx else "provisions/import.html"
    return render(request, template, _context(row))


@require_POST
@allowed(Act.IMPORT)
def decide(request: Request, number: int) -> HttpResponse:
    """Say where words come from, and look again."""
    row = _row(number)
    form = DecisionForm(_guesses(row), request.POST)
    if row.state != ImportState.READY or not form.is_valid():
        return render(request, "provisions/import.html", _context(row, decisions=form), status=422)
    intake.decide_origins(row, form.decisions)
    return redirect("import", number=number)


@require_POST
@allowed(Act.IMPORT)
def look_again(request: Request, number: int) -> HttpResponse:
    """Read the same files against the plan as it is now."""
    row = _row(number)
    if not ImportState(row.state).moving:
        intake.preview_again(row)
    return redirect("import", number=number)


@require_POST
@allowed(Act.IMPORT)
def apply(request: Request, number: int) -> HttpResponse:
    """Put what was previewed on record."""
    row = _row(number)
    vanish = bool(request.POST.get("let_vanish"))
    wrong = []
    if row.report.get("vanishing") and not vanish:
        wrong.append(("let_vanish", _("Say that these lines may vanish, or choose a corrected file.")))
    if _guesses(row):
        wrong.append(("id_origin-0", _("Decide first where the words come from.")))
    if wrong:
        return render(request, "provisions/import.html", {**_context(row), "problems": wrong}, status=422)
    try:
        intake.ask_to_apply(row, let_vanish=vanish)
    except ValidationError as error:
        messages.error(request, "; ".join(error.messages))
    return redirect("import", number=number)


@require_POST
@allowed(Act.IMPORT)
def stop(request: Request, number: int) -> HttpResponse:
    """Have what is being written taken back."""
    intake.ask_to_stop(_row(number))
    return redirect("import", number=number)


@require_http_methods(["GET", "POST"])
@never_cache
@allowed(Act.IMPORT)
def undo(request: Request, number: int) -> HttpResponse:
    """What undoing a whole import would do; and doing it."""
    row = _row(number)
    form = UndoForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            done = intake.undo(row, by=author(request, reason=form.cleaned_data["reason"]))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Undone: %(number)s things are as they were before.") % {"number": done.undone})
            return redirect("import", number=number)
    try:
        rehearsal = intake.undo(row, by=author(request, reason="rehearsal"), rehearse=True)
        blocked = ""
    except ValidationError as error:
        rehearsal, blocked = None, "; ".join(error.messages)
    context = {
        "row": row,
        "form": form,
        "problems": form.problems if form.is_bound else [],
        "blocked": blocked,
        "undone": rehearsal.undone if rehearsal else 0,
        "staying": [(resource.label, keys) for resource, keys in rehearsal.staying.items()] if rehearsal else [],
    }
    return render(request, "provisions/undo_import.html", context)


@require_GET
@never_cache
@allowed(Act.IMPORT)
def report(request: Request, number: int, form: str) -> HttpResponse:
    """The report as JSON, or the faults as CSV, to download."""
    row = _row(number)
    if form == "json":
        body, kind = json.dumps(row.report, ensure_ascii=False, indent=1), "application/json"
    else:
        body, kind = _faults_as_csv(row), "text/csv"
    return HttpResponse(
        body,
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="import-{row.pk}.{form}"'},
    )


def _faults_as_csv(row: Import) -> str:
    made = io.StringIO()
    columns = ("file", "line", "column", "path", "message")
    writer = csv.DictWriter(made, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows({name: _inert(fault[name]) for name in columns} for fault in row.report.get("faults", []))
    return made.getvalue()


def _inert(value: Any) -> Any:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


@require_GET
@never_cache
@allowed(Act.IMPORT)
def uploaded(request: Request, number: int) -> HttpResponse:
    """The files as they were uploaded."""
    row = _row(number)
    return _zip(bytes(row.files), name=f"import-{row.pk}.zip")


@require_GET
@never_cache
@allowed(Act.IMPORT)
def export(request: Request, plan: str) -> HttpResponse:
    """A plan on record as a zip of plan files."""
    try:
        found = whole(plan)
        files = {f"{plan}/{name}": text.encode() for name, text in plan_files(found).items()}
    except Plan.DoesNotExist:
        raise Http404 from None
    except CannotExport as error:
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    day = timezone.now().date()
    return _zip(packed(files), name=f"{plan}-{day}-{found.seq}.zip")


def _zip(body: bytes, *, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type="application/zip", headers=headers)


def _row(number: int) -> Import:
    return get_object_or_404(Import.objects.select_related("uploaded_by"), pk=number)


def _guesses(row: Import) -> list[dict[str, Any]]:
    return [guess for text in row.report.get("texts", []) for guess in text["guesses"]]


def _context(row: Import, *, decisions: DecisionForm | None = None) -> dict[str, Any]:
    told = row.report
    guesses = _guesses(row) if row.state == ImportState.READY else []
    decisions = decisions or DecisionForm(guesses)
    tallies = [(Resource(kind).label, tally) for kind, tally in told.get("tallies", {}).items()]
    return {
        "row": row,
        "state": ImportState(row.state),
        "moving": ImportState(row.state).moving,
        "faults": told.get("faults", []),
        "message": told.get("message", ""),
        "tallies": [(label, tally) for label, tally in tallies if any(tally.values())],
        "added": sum(tally["added"] for _label, tally in tallies),
        "changed": sum(tally["changed"] for _label, tally in tallies),
        "kept": [(Resource(kind).label, keys) for kind, keys in told.get("kept", {}).items()],
        "texts": told.get("texts", []),
        "vanishing": told.get("vanishing", {}),
        "overwritten": [{**each, "label": Resource(each["resource"]).label} for each in told.get("overwritten", [])],
        "lapsed": told.get("lapsed", []),
        "moved": sorted(told.get("moved", []), key=lambda each: not each["alarm"]),
        "alarms": sum(each["alarm"] for each in told.get("moved", [])),
        "told": told,
        "decisions": decisions,
        "guessed": list(zip(guesses, decisions, strict=True)) if guesses else [],
        "problems": decisions.problems if decisions.is_bound else [],
        "progress": _progress(row) if row.state == ImportState.WAITING else None,
    }


def _progress(row: Import) -> dict[str, Any] | None:
    said = intake.progress(row)
    return {**said, "what": Resource(said["what"]).label} if said else None
