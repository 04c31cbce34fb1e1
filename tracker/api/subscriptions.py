"""One's own subscriptions: where one is told of changes, and how that goes. None of it is on the record, or public."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpResponse
from pydantic import Field
from rest_framework.request import Request
from typing_extensions import TypedDict

from provisions.api import NotOnRecord, documented, read
from provisions.api.bodies import SAID, BadBody, Name, Part, Version, read_body
from provisions.api.shape import Listing
from provisions.api.writing import VersionMissing
from provisions.models import Plan
from tracker.models import ApiKey, Delivery, Scope, Subscription
from tracker.webhooks import subscribing
from tracker.webhooks.addresses import LONGEST, BadAddress
from tracker.webhooks.delivering import SUCCESS

from .conditional import ANY, Question, still_fits
from .forms import JSON, as_json
from .problems import Stop
from .views import CountedView
from .writes import key_of, must_be_json, once

SECRET = "secret"  # noqa: S105 - the name of a key in answers  # nosec B105
PRIVATE = "private, no-store"
Json = dict[str, Any]
# A conflict is with oneself, and no log is kept of it.
NOBODY_ELSE: Json = {"changed_by": None, "changed_at": None, "changed_seq": None, "differences": []}

# What is sent to has no blanks, and is out in the world; the rest is said by the problem.
Label = Annotated[str, Field(pattern=SAID, max_length=100)]
SentTo = Annotated[str, Field(pattern=r"^https?://[\u0021-\u007e]+$", max_length=LONGEST)]


@documented
class FailureShape(TypedDict):
    """What came of the latest message that was not taken."""

    at: datetime
    status: int | None
    """Of the answer; null where there was none."""
    detail: str | None
    """Why there was no answer."""


@documented
class SubscriptionShape(TypedDict):
    """A program of yours that is told of each change of a plan, in order."""

    id: str
    plan: str
    address: str
    """Where each change is sent, by POST."""
    name: str
    active: bool
    """Whether it is told; after five days without success, or an answer of 410, it is not any more."""
    seq: int
    """The change that was told last."""
    failures: int
    """How often in a row the next one was not taken."""
    failing_since: datetime | None
    next_attempt_at: datetime | None
    """Null where all went well."""
    off_since: datetime | None
    last_success_at: datetime | None
    """Of the last thirty days."""
    last_failure: FailureShape | None
    """Of the last thirty days."""
    two_secrets: bool
    """Whether messages are signed with the secret before as well."""
    created_at: datetime
    version: int
    """Counts your changes; how deliveries go does not move it."""
    url: str


@documented
class NewSubscriptionShape(SubscriptionShape):
    """A subscription with its new secret."""

    secret: str | None
    """What messages are signed with. It is told this once: the same request under the same Idempotency-Key has null."""


@documented
class SubscriptionList(Listing):
    """Your subscriptions, the oldest first."""

    results: list[SubscriptionShape]


class SubscriptionBody(Part):
    """Who is to be told, of what and where."""

    plan: Name
    address: SentTo
    name: Label


class SubscriptionPatch(Part):
    """What is to be changed; what is left out stays."""

    address: SentTo = Field(default_factory=str)
    name: Label = Field(default_factory=str)
    active: bool = Field(default_factory=bool)
    """False stops it; true begins again where it stopped."""
    version: Version | None = None


class EndBody(Part):
    """Which version is to end."""

    version: Version | None = None


class NoBody(Part):
    """Nothing needs to be said."""


MAY_BE_LEFT_OUT = (EndBody, NoBody)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What can be done at an address here, for the description."""

    name: str
    summary: str
    description: str
    status: int = 200
    shape: type | None = None
    body: type[Part] | None = None
    example: Json | None = None
    versioned: bool = False


def told(subscription: Subscription, root: str) -> SubscriptionShape:
    """How it stands. The subscription is one of `own`."""
    sent: Any = subscription
    failure: FailureShape = {"at": sent.failed_at, "status": sent.failed_status, "detail": sent.failed_detail or None}
    return {
        "id": str(subscription.slug),
        "plan": subscription.plan.slug,
        "address": subscription.address,
        "name": subscription.name,
        "active": subscription.off_since is None,
        "seq": subscription.seq,
        "failures": subscription.failures,
        "failing_since": subscription.failing_since,
        "next_attempt_at": subscription.retry_at if subscription.failures and not subscription.off_since else None,
        "off_since": subscription.off_since,
        "last_success_at": sent.succeeded_at,
        "last_failure": failure if sent.failed_at else None,
        "two_secrets": bool(subscription.old_secret),
        "created_at": subscription.created_at,
        "version": subscription.version,
        "url": f"{root}subscriptions/{subscription.slug}",
    }


def own(key: ApiKey) -> QuerySet[Subscription]:
    """The subscriptions of a key's owner, with what came of the latest messages."""
    mine = Delivery.objects.filter(subscription=OuterRef("pk")).order_by("-pk")
    taken = Q(status__gte=SUCCESS.start, status__lt=SUCCESS.stop)
    failed = mine.exclude(taken)
    return (
        Subscription.objects.filter(owner=key.user)
        .select_related("plan")
        .annotate(
            succeeded_at=Subquery(mine.filter(taken).values("sent_at")[:1]),
            failed_at=Subquery(failed.values("sent_at")[:1]),
            failed_status=Subquery(failed.values("status")[:1]),
            failed_detail=Subquery(failed.values("failure")[:1]),
        )
    )


class OwnView(CountedView):
    """What only a key for webhooks opens, and shows its owner's things alone."""

    operations: ClassVar[Mapping[str, Operation]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.spend()
        read((), dict(request.query_params.lists()))
        if request.method == "OPTIONS" or request.method not in self.allowed_methods:
            return
        self.key = key_of(request)
        if Scope.WEBHOOKS not in self.key.scopes:
            raise Stop("forbidden", "The key is not for webhooks: its scopes are " + ", ".join(self.key.scopes) + ".")

    @property
    def root(self) -> str:
        return self.request.build_absolute_uri("/api/v1/")

    def body(self, shape: type[Part]) -> Any:
        """What was sent. Raises BadBody."""
        if shape in MAY_BE_LEFT_OUT and not int(self.request.META.get("CONTENT_LENGTH") or 0):
            return shape()
        must_be_json(self.request)
        return read_body(shape, self.request.data)

    def answer(self, subscription: Subscription, *, status: int = 200, secret: str | None = None) -> HttpResponse:
        shown: Json = {**told(subscription, self.root)}
        if secret is not None:
            shown[SECRET] = secret
        response = private(as_json(shown, dict), status=status)
        response["ETag"] = f'"{tag(subscription)}"'
        if status == 201:
            response["Location"] = shown["url"]
        return response

    def one(self, slug: str) -> Subscription:
        """The one that the address names, as it stands. Raises NotOnRecord."""
        found = own(self.key).filter(slug=slug).first()
        if found is None:
            raise NotOnRecord("You have no such subscription.")
        return found

    def locked(self, slug: str) -> Subscription:
        """The same, and nobody else changes it meanwhile. Raises NotOnRecord."""
        list(Subscription.objects.select_for_update().filter(owner=self.key.user, slug=slug))
        return self.one(slug)

    def held(self, slug: str, *, version: int | None) -> Subscription:
        """The same, as the caller has read it. Raises NotOnRecord, VersionMissing and Stop."""
        found = self.locked(slug)
        current = json.loads(as_json(told(found, self.root), dict))
        match = self.request.headers.get("If-Match")
        if match is not None:
            if match.strip() != ANY and not still_fits(tag(found), match):
                raise Stop("precondition-failed", "It was changed since you read it.", current=current)
        elif version is None:
            raise VersionMissing("Say which version you have read: as `version` in the body, or by If-Match.")
        elif version != found.version:
            detail = f"It was read at version {version} and is now at {found.version}."
            raise Stop("edit-conflict", detail, current=current, **NOBODY_ELSE)
        return found


def tag(subscription: Subscription) -> str:
    """Names what its owner changed, and not how deliveries go: an edit need not hurry ahead of them."""
    return Question.of("subscription", subscription.slug).tag(str(subscription.version))


def private(content: bytes, *, status: int = 200) -> HttpResponse:
    """An answer that no cache keeps."""
    return HttpResponse(content, status=status, content_type=JSON.media_type, headers={"Cache-Control": PRIVATE})


def settled(do: Callable[[], Any]) -> Any:
    """What was done. Raises Stop where subscribing refuses it."""
    try:
        return do()
    except BadAddress as error:
        raise Stop("not-valid", str(error), errors=[("address", str(error))]) from None
    except subscribing.TooMany:
        most = subscribing.MOST_OF_ONE_OWNER
        raise Stop(
            "not-valid", f"You have {most} subscriptions, and that is the most: end one of them first."
        ) from None


class SubscriptionsView(OwnView):
    """All of them."""

    operations: ClassVar = {
        "GET": Operation(
            name="subscriptions",
            summary="Your subscriptions",
            description="Where you are told of changes, and how that goes. Nobody else sees it.",
            shape=SubscriptionList,
        ),
        "POST": Operation(
            name="subscribe",
            summary="Be told of each change of a plan",
            description="From now on each change of the plan is sent to the address. The answer has the secret with "
            f"which messages are signed, this once. One may have {subscribing.MOST_OF_ONE_OWNER} of them.",
            status=201,
            shape=NewSubscriptionShape,
            body=SubscriptionBody,
            example={"plan": "28-point-framework", "address": "https://example.org/hook", "name": "Our newsroom"},
        ),
    }

    def get(self, request: Request) -> HttpResponse:
        frame: Listing = {"next": None, "previous": None, "count": None, "seq": None}
        return private(as_json({"results": [told(each, self.root) for each in own(self.key)], **frame}, dict))

    def post(self, request: Request) -> HttpResponse:
        said: SubscriptionBody = self.body(SubscriptionBody)

        def make() -> HttpResponse:
            plan = Plan.objects.filter(slug=said.plan, versions__superseded_at=None, versions__isnull=False).first()
            if plan is None:
                raise BadBody([("plan", "there is no such plan")])
            made = settled(lambda: subscribing.subscribe(plan, said.address, name=said.name, owner=self.key.user))
            return self.answer(self.one(str(made.slug)), status=201, secret=made.secret)

        return once(self.key, request, make, hiding=SECRET)


class SubscriptionView(OwnView):
    """One of them."""

    operations: ClassVar = {
        "GET": Operation(
            name="subscription",
            summary="One of your subscriptions",
            description="How it stands, and what came of the latest messages.",
            shape=SubscriptionShape,
        ),
        "PATCH": Operation(
            name="edit_subscription",
            summary="Change a subscription",
            description="Its address or name; stop it, or let it begin again where it stopped.",
            shape=SubscriptionShape,
            body=SubscriptionPatch,
            example={"active": False, "version": 1},
            versioned=True,
        ),
        "DELETE": Operation(
            name="unsubscribe",
            summary="End a subscription",
            description="Nothing is sent from now on, and what was sent is forgotten.",
            status=204,
            body=EndBody,
            example={"version": 1},
            versioned=True,
        ),
    }

    def get(self, request: Request, subscription: str) -> HttpResponse:
        return self.answer(self.one(subscription))

    def patch(self, request: Request, subscription: str) -> HttpResponse:
        said: SubscriptionPatch = self.body(SubscriptionPatch)

        def edit() -> HttpResponse:
            found = self.held(subscription, version=said.version)
            given = {name: getattr(said, name) for name in said.model_fields_set - {"version"}}
            asked = {"address": found.address, "name": found.name, "active": found.off_since is None, **given}
            settled(lambda: subscribing.change(found, **asked))
            return self.answer(self.one(subscription))

        return once(self.key, request, edit)

    def delete(self, request: Request, subscription: str) -> HttpResponse:
        said: EndBody = self.body(EndBody)

        def end() -> HttpResponse:
            self.held(subscription, version=said.version).delete()
            return HttpResponse(status=204)

        return once(self.key, request, end)


class SecretView(OwnView):
    """The secret of one of them."""

    operations: ClassVar = {
        "POST": Operation(
            name="rotate_secret",
            summary="A new secret",
            description="The answer has it, this once. The one before signs as well, until it is let go.",
            status=201,
            shape=NewSubscriptionShape,
            body=NoBody,
            example={},
        ),
        "DELETE": Operation(
            name="let_old_secret_go",
            summary="Let the secret before go",
            description="Once your program knows the new one. Done again, it does nothing.",
            status=204,
        ),
    }

    def post(self, request: Request, subscription: str) -> HttpResponse:
        self.body(NoBody)

        def make() -> HttpResponse:
            found = self.locked(subscription)
            subscribing.rotate(found)
            return self.answer(self.one(subscription), status=201, secret=found.secret)

        return once(self.key, request, make, hiding=SECRET)

    def delete(self, request: Request, subscription: str) -> HttpResponse:
        def let_go() -> HttpResponse:
            found = self.locked(subscription)
            if found.old_secret:
                subscribing.let_old_secret_go(found)
            return HttpResponse(status=204)

        return once(self.key, request, let_go)
