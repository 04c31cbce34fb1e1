"""The log of a plan for feed readers: Atom (RFC 4287), the newest changes first, in sentences."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from provisions.api import Asked, read
from provisions.api.asking import Choice, Name, Number, Opaque
from provisions.api.endpoint import the_levels, unknown_plan
from provisions.assessing import one_moment
from provisions.chronicle import Entry, Page, Wanted, chronicle
from provisions.models import Plan, PlanVersion, Resource, Via

from .conditional import Question, still_fits

MEDIA_TYPE = "application/atom+xml"
# The ids of feeds and entries must be the same at every address of the site, and for good.
IDS = uuid.UUID("b5a1a2de-6f0c-4c57-9a35-2f0e6a3c0d11")
PARAMETERS = (
    Choice(name="resource", does="Only changes of this kind of thing.", among=tuple(Resource.values)),
    Opaque(name="who", does="Only by this user.", pattern=r"[\w.@+-]{1,150}", remedy="write the name of a user"),
    Choice(name="via", does="Only through this door.", among=tuple(Via.values)),
    Name(name="line", does="Only about this line."),
    Name(name="party", does="Only about this party."),
    Number(name="before", does="Only changes below this number.", lowest=1, highest=10**18 - 1),
)


class AtomRenderer(JSONRenderer):
    """Lets readers ask for Atom by name. What goes wrong is told as JSON all the same."""

    media_type = MEDIA_TYPE
    format = "atom"


class ChangesFeed(APIView):
    """Reading is public: no session is opened, nobody is asked who they are."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (AtomRenderer, JSONRenderer)
    # OpenAPI describes what programs read; this is in docs/api.md.
    schema = None

    def get(self, request: Request, plan: str) -> HttpResponse:
        given = dict(request.query_params.lists())
        values = read(PARAMETERS, given)
        root = request.build_absolute_uri("/")
        asked = Asked(names={"plan": plan}, given=given, values=values, root=root, here=request.build_absolute_uri())
        question = Question.of("atom", asked.names, values, root)
        before = values.pop("before")
        wanted = Wanted(**{name: value or "" for name, value in values.items()})
        # Caches tell no languages apart.
        with translation.override(settings.LANGUAGE_CODE), one_moment():
            tag = question.tag(the_levels.read(asked))
            if still_fits(tag, request.headers.get("If-None-Match", "")):
                return HttpResponse(status=304, headers={"ETag": f'"{tag}"'})
            head = PlanVersion.objects.standing().filter(plan__slug=plan).select_related("plan").first()
            if head is None:
                raise unknown_plan(plan)
            text = written(head, chronicle(plan, before=before, wanted=wanted), wanted, request)
        return HttpResponse(text, content_type=f"{MEDIA_TYPE}; charset=utf-8", headers={"ETag": f'"{tag}"'})


def written(head: PlanVersion, page: Page, wanted: Wanted, request: Request) -> str:
    plan = head.plan
    changes = request.build_absolute_uri(reverse("changes", args=[plan.slug]))
    query = f"?{urlencode(wanted.asked)}" if wanted.asked else ""
    feed = Feed(
        title=_("Changes: %(plan)s") % {"plan": head.title},
        link=f"{changes}{query}",
        description=None,
        subtitle=_("What was put on the record of the plan, with author and reason, and every level that moved."),
        language=settings.LANGUAGE_CODE,
        feed_url=request.build_absolute_uri(),
        feed_guid=id_of(plan, *sorted(wanted.asked.items())),
        began=head.recorded_at,
        older=f"{request.build_absolute_uri(request.path)}?{urlencode({**wanted.asked, 'before': page.older})}"
        if page.older
        else "",
    )
    for entry in page.entries:
        feed.add_item(
            title=entry.headline,
            link=f"{changes}?before={entry.seq + 1}#change-{entry.seq}",
            description=body(entry),
            unique_id=id_of(plan, entry.seq),
            author_name=entry.who or _("by %(door)s") % {"door": entry.via.label},
            pubdate=entry.recorded_at,
            updateddate=entry.recorded_at,
            categories=[str(entry.resource.value)],
        )
    return feed.writeString("utf-8")


def id_of(plan: Plan, *what: Any) -> str:
    """A log that was restored begins a new epoch: the same number may stand for another change in it."""
    return uuid.uuid5(IDS, repr((plan.slug, plan.epoch, *what))).urn


def body(entry: Entry) -> SafeString:
    """What the entry says, as a feed reader shows it."""
    shifts = format_html_join("", "<li>{}</li>", ((shift.in_words,) for shift in entry.shifts))
    differences = format_html_join(
        "", "<li>{}: {} → {}</li>", ((each.field, each.before, each.after) for each in entry.differences)
    )
    paragraphs = [entry.said, entry.reason]
    if entry.undoes:
        paragraphs.append(_("Undoes change %(seq)s.") % {"seq": entry.undoes})
    said = format_html_join("", "<p>{}</p>", ((words,) for words in paragraphs if words))
    lists = [format_html("<ul>{}</ul>", items) for items in (shifts, "" if shifts else differences) if items]
    return format_html_join("", "{}", ((each,) for each in (said, *lists)))


class Feed(Atom1Feed):
    """Django's Atom, with the way to older changes, and a day of its own where it is empty."""

    def latest_post_date(self) -> datetime:
        """When the feed was last changed."""
        began: datetime = self.feed["began"]
        return max((item["updateddate"] for item in self.items), default=began)

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        if self.feed["older"]:
            handler.addQuickElement("link", None, {"rel": "next", "href": self.feed["older"]})
