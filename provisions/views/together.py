"""The positions of a plan as a list to tick, and what is done to several of them at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect
from psycopg.errors import LockNotAvailable

from parties.models import Source
from provisions import bulk
from provisions.bulk import Chosen, Deed, Preview, SeenOtherwise, Wish, preview
from provisions.chronicle import names_in
from provisions.codebook import VOCABULARIES
from provisions.contents import PositionContent
from provisions.forms import ReadElsewhereForm, TogetherForm
from provisions.held import held
from provisions.models import PlanVersion, Resource
from provisions.policy import Act
from provisions.positions import Wanted, positions
from provisions.proposals import must_propose
from provisions.queue import KINDS
from provisions.record import Stale, Unknown

from .asking import Request, allowed, author
from .keeping import kept

# A list to choose from, not the whole register; any other source is named by its number or address.
SOURCES_OFFERED = 300
FILTERS = ("party", "line", "stance", "source", "doubt", "q")


@require_GET
def positions_page(request: Request, plan: str) -> HttpResponse:
    """The positions on record, filtered, with a box each for who may do something to them."""
    head, names = _head(plan), names_in(plan)

    def asked(name: str, among: Collection[str]) -> str:
        return value if (value := request.GET.get(name, "")) in among else ""

    named = request.GET.get("source", "")
    wanted = Wanted(
        party=asked("party", names.parties),
        line=asked("line", names.lines),
        stance=asked("stance", [each.value for each in VOCABULARIES["stance"]]),
        source=named if Source.objects.filter(slug=named).exists() else "",
        doubt=asked("doubt", KINDS),
        words=request.GET.get("q", "").strip()[:200],
    )
    context = {
        "plan": head,
        "names": names,
        "wanted": wanted,
        "page": positions(plan, wanted=wanted, after=request.GET.get("after", "")),
        "after": request.GET.get("after", ""),
        "ticked": request.GET.get("tick") == "all",
        "stances": VOCABULARIES["stance"],
        "kinds": KINDS,
        "most": bulk.MOST,
    }
    return render(request, "provisions/positions.html", context)


@dataclass(frozen=True, slots=True)
class Table:
    """What lies on the table: what is to be done, to which positions, and with which form."""

    head: PlanVersion
    deed: Deed
    keys: tuple[str, ...]
    contents: dict[str, PositionContent]
    form: TogetherForm
    sent: QueryDict
    proposes: bool

    @property
    def plan(self) -> str:
        return self.head.plan.slug

    @property
    def too_many(self) -> bool:
        return len(self.keys) > bulk.MOST

    @property
    def wish(self) -> Wish:
        return Wish(
            plan=self.plan,
            deed=self.deed,
            keys=self.keys,
            evidence=self.form.evidence_content,
            instead_of=self.form.cleaned_data.get("instead_of", "") if self.form.is_bound else "",
        )


@require_http_methods(["GET", "POST"])
@allowed(Act.PROPOSE)
def several_positions(request: Request, plan: str) -> HttpResponse:
    """What would become of the positions that were ticked; and doing it."""
    sent = kept(request) or (request.POST if request.method == "POST" else request.GET)
    asked = sent.get("do", "")
    keys = tuple(dict.fromkeys(sent.getlist("position")))
    if asked not in set(Deed) or not keys:
        return _nothing_chosen(request, plan)
    table = _table(request, _head(plan), Deed(asked), keys, sent)
    if table.too_many:
        return _page(request, table, status=422)
    if "save" in request.POST:
        return _save(request, table)
    if not table.form.is_bound:
        # To retract takes nothing more to be looked at; another source has to be named first.
        return _page(request, table, seen=preview(table.wish) if table.deed == Deed.RETRACT else None)
    if not table.form.is_valid():
        return _page(request, table, status=422)
    return _page(request, table, seen=preview(table.wish), looked=True)


def _head(plan: str) -> PlanVersion:
    found = PlanVersion.objects.standing().select_related("plan").filter(plan__slug=plan).first()
    if found is None:
        raise Http404
    return found


def _nothing_chosen(request: Request, plan: str) -> HttpResponse:
    context = {"plan": _head(plan), "back": _back(plan, request.POST)}
    status = 422 if request.method == "POST" else 200
    return render(request, "provisions/nothing_chosen.html", context, status=status)


def _table(request: Request, head: PlanVersion, deed: Deed, keys: tuple[str, ...], sent: QueryDict) -> Table:
    found = held(head.plan, Resource.POSITION, keys=keys)
    contents = {key: each.content for key, each in found.items()}
    more, saving = request.POST.get("more", ""), "save" in request.POST
    filled: dict[str, Any] = {"typed": sent, "more": more}
    # Keys may send our form without a button; the list where they were ticked asks for no reason.
    if saving or more == "look" or (not more and "reason" in request.POST):
        filled = {"data": sent, "saving": saving}
    form = TogetherForm(**filled)
    if deed == Deed.SOURCE:
        slugs = {proof.source for content in contents.values() for proof in content.evidence}
        rows = Source.objects.filter(slug__in=slugs).order_by("slug").values_list("slug", "title")
        form = ReadElsewhereForm(named=[(slug, f"{slug}: {title}") for slug, title in rows], **filled)
    return Table(head, deed, keys, contents, form, sent, must_propose(request.user, head.plan.slug))


def _page(
    request: Request,
    table: Table,
    *,
    seen: Preview | None = None,
    status: int = 200,
    looked: bool = False,
    otherwise: SeenOtherwise | None = None,
) -> HttpResponse:
    names = names_in(table.plan)
    context = {
        "plan": table.head,
        "table": table,
        "chosen": seen.chosen if seen else [Chosen(key, table.contents.get(key)) for key in table.keys],
        "form": table.form,
        "names": names,
        "seen": seen,
        "looked": looked,
        "otherwise": otherwise,
        "problems": table.form.problems if table.form.is_bound else [],
        "more": request.POST.get("more", ""),
        "most": bulk.MOST,
        "back": _back(table.plan, table.sent),
        "list": table.sent.get("list", ""),
        "sources": Source.objects.order_by("-pk")[:SOURCES_OFFERED] if table.deed == Deed.SOURCE else (),
    }
    return render(request, "provisions/several_positions.html", context, status=status)


def _save(request: Request, table: Table) -> HttpResponse:
    """Do it, or say what is in the way, with all that was typed."""
    form = table.form
    if not form.is_valid():
        return _page(request, table, status=422, seen=_still(table))
    seen, reason = request.POST.get("seen", ""), form.cleaned_data["reason"]
    try:
        if table.proposes:
            return _proposed(request, table, seen=seen, reason=reason)
        by = author(request, reason=reason)
        number = bulk.carry_out(table.wish, seen=seen, by=by, source=form.new_source)
    except SeenOtherwise as error:
        return _page(request, table, seen=error.now, otherwise=error, status=409 if error.moved_on else 422)
    except (ValidationError, Unknown, Stale) as error:
        form.refuse(error)
        return _page(request, table, status=422, seen=_still(table))
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        form.add_error(None, _("Many are saving to this plan at the moment. Nothing is lost: press Save again."))
        return _page(request, table, status=503, seen=_still(table))
    messages.success(request, _told(table, number), extra_tags="positions-h")
    return _onward(request, _back(table.plan, table.sent))


def _onward(request: Request, where: str) -> HttpResponse:
    return HttpResponseClientRedirect(where) if request.htmx else redirect(where)


def _proposed(request: Request, table: Table, *, seen: str, reason: str) -> HttpResponse:
    """Propose it as one. Raises SeenOtherwise, ValidationError, Stale."""
    user = cast("User", request.user)
    proposal = bulk.propose_together(table.wish, seen=seen, reason=reason, author=user, source=table.form.new_source)
    messages.success(request, _("Proposed. Somebody else has to approve it before it is on record."))
    return _onward(request, reverse("proposal", args=[table.plan, proposal.number]))


def _still(table: Table) -> Preview | None:
    """What it would do, where enough is filled in to say so."""
    return preview(table.wish) if table.form.can_be_looked_at else None


def _told(table: Table, number: int) -> str:
    if table.deed == Deed.SOURCE:
        return ngettext(
            "Saved: %(number)s position rests on the new source. Levels are being worked out again.",
            "Saved together: %(number)s positions rest on the new source. Levels are being worked out again.",
            number,
        ) % {"number": number}
    return ngettext(
        "Retracted: %(number)s position. Levels are being worked out again.",
        "Retracted together: %(number)s positions. Levels are being worked out again.",
        number,
    ) % {"number": number}


def _back(plan: str, sent: QueryDict) -> str:
    """The list as it was filtered where they were ticked."""
    asked = QueryDict(sent.get("list", ""))
    narrowed = {name: value for name in FILTERS if (value := asked.get(name))}
    return reverse("positions", args=[plan], query=narrowed or None)
