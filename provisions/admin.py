"""The Django admin: the record to look at, code lists to edit. Everything else is edited on the pages, with reasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from parties.models import Party, Source
from provisions.contents import TopicContent
from provisions.models import (
    Category,
    Change,
    LineAssessment,
    Plan,
    Position,
    Provision,
    Revision,
    Setback,
    Topic,
    Via,
    WordingVersion,
)
from provisions.record import Author, NeedsApproval, Stale, change


class ReadOnly(admin.ModelAdmin):
    """Shows, and changes nothing: the record has one writer, and PostgreSQL refuses most of it anyway."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Plan)
class PlanAdmin(ReadOnly):
    list_display = ["slug", "seq", "assessed_seq", "assessed_on"]


@admin.register(Change)
class ChangeAdmin(ReadOnly):
    list_display = ["plan", "seq", "recorded_at", "kind", "resource", "key", "version", "actor", "via", "reason"]
    list_filter = ["plan", "resource", "kind", "via"]
    list_select_related = ["plan", "actor"]
    show_full_result_count = False


@admin.register(Position)
class PositionAdmin(ReadOnly):
    list_display = ["key", "plan", "party", "stance", "authority", "stated_on", "speaker"]
    list_filter = ["plan", "party", "stance"]
    list_select_related = ["plan", "party"]
    search_fields = ["key", "speaker", "summary"]


@admin.register(WordingVersion)
class WordingVersionAdmin(ReadOnly):
    list_display = ["wording", "version", "number", "gist", "change", "recorded_at", "superseded_at"]
    list_select_related = ["wording__revision", "wording__provision"]
    search_fields = ["text"]


@admin.register(LineAssessment)
class LineAssessmentAdmin(ReadOnly):
    list_display = ["provision", "version", "level", "as_of", "seq", "recorded_at", "superseded_at"]
    list_filter = ["level"]
    list_select_related = ["provision"]


@admin.register(Setback)
class SetbackAdmin(ReadOnly):
    list_display = ["plan", "seq", "tries", "reason", "failed_at", "retry_at"]
    list_select_related = ["plan"]


admin.site.register([Party, Source, Provision, Revision, Category], ReadOnly)


class TopicForm(forms.ModelForm):
    """A topic's title, and the version that it was read at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Topic
        fields = ["title"]


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    """A code list. It is saved by the record's writer, so that the log knows of it."""

    list_display = ["title", "slug", "plan"]
    list_filter = ["plan"]
    form = TopicForm
    readonly_fields = ["plan", "slug"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        return super().get_queryset(request).select_related("plan")

    def save_model(self, request: HttpRequest, obj: Topic, form: Any, change: bool) -> None:
        save_topic(request, obj, seen=form.cleaned_data["version"])

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **options)
        except Refused as told:
            messages.error(request, str(told))
            return HttpResponseRedirect(request.get_full_path())


class Refused(Exception):
    """A save that the record does not take, in words for the reader."""


def save_topic(request: HttpRequest, topic: Topic, *, seen: int) -> None:
    """Put a topic's new title on record. Raises Refused, which says why and what had been typed."""
    content = TopicContent(slug=topic.slug, title=topic.title)
    by = Author(actor=request.user, via=Via.PAGE, reason="Code list edited in the admin pages")  # type: ignore[arg-type]
    try:
        change(topic.plan.slug, content, seen=seen, by=by)
    except Stale:
        why = _("Somebody changed '%(topic)s' meanwhile. Nothing was saved; look again.") % {"topic": topic.slug}
    except NeedsApproval as refusal:
        why = " ".join(refusal.messages)
    else:
        return
    raise Refused(why + " " + _("You had typed: %(title)s") % {"title": topic.title})
