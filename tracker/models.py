"""Keys of programs that write and what was answered to them; who is told of changes, and how that went; guesses."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PREFIX = "pt_"
SECRET_BYTES = 32
# The last use is noted so often at the most.
NOTED_EVERY = timedelta(minutes=1)


class Scope(models.TextChoices):
    """What a key may be used for, beside all that its owner may not do anyway."""

    READ = "read", "read"
    PROPOSE = "propose", "propose"
    EDIT = "edit", "edit"
    WEBHOOKS = "webhooks", "webhooks"


def digest(text: str) -> str:
    """A key is 256 random bits, so a plain hash of it can be kept."""
    return hashlib.sha256(text.encode()).hexdigest()


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self) -> ApiKeyQuerySet:
        """Those that are neither revoked nor expired, of people who may still sign in."""
        alive = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(alive, revoked_at=None, user__is_active=True)


class ApiKey(models.Model):
    """A key of a program, which acts for a person. The key itself is shown once and never kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100, help_text=_("What it is for."))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    start = models.CharField(max_length=12, editable=False, help_text=_("How the key begins, to tell it by."))
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope))
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("API key")
        constraints = [CheckConstraint(condition=Q(scopes__len__gt=0), name="api_key_has_a_scope")]

    def __str__(self) -> str:
        return f"{self.start}… ({self.name})"

    @classmethod
    def make(cls, user: models.Model, *, name: str, scopes: list[str], days: int | None = None) -> tuple[ApiKey, str]:
        """A new key and its text, which nobody can be told again."""
        text = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        expires = timezone.now() + timedelta(days=days) if days is not None else None
        key = cls.objects.create(
            user=user, name=name, scopes=scopes, digest=digest(text), start=text[:9], expires_at=expires
        )
        return key, text

    @classmethod
    def of(cls, text: str) -> ApiKey | None:
        """The usable key with this text."""
        return cls.objects.usable().select_related("user").filter(digest=digest(text)).first()

    def note_use(self) -> None:
        now = timezone.now()
        if self.last_used_at is None or self.last_used_at < now - NOTED_EVERY:
            ApiKey.objects.filter(pk=self.pk).update(last_used_at=now)


class Answered(models.Model):
    """What was answered under an Idempotency-Key, kept in the transaction of what was done."""

    key = models.ForeignKey(ApiKey, models.CASCADE, related_name="answered")
    name = models.CharField(max_length=255, help_text="The Idempotency-Key.")
    request = models.CharField(max_length=64, help_text="Fingerprint of method, address and body.")
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "answered"
        constraints = [UniqueConstraint(fields=["key", "name"], name="one_answer_to_an_idempotency_key")]
        indexes = [models.Index(fields=["answered_at"], name="answered_by_age")]

    def __str__(self) -> str:
        return f"{self.name}: {self.status}"


def new_secret() -> str:
    """A secret as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


class Subscription(models.Model):
    """Somebody who is told of each change of a plan, in order, at an address of theirs.

    One that was made through the API is its owner's, has a name in addresses, and counts what the owner changed; of
    those that whoever runs the site made, the API knows nothing.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="subscriptions"
    )
    slug = models.SlugField(max_length=24, null=True, blank=True, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    plan = models.ForeignKey("provisions.Plan", models.CASCADE, related_name="subscriptions")
    address = models.URLField(max_length=500, help_text="Where changes are sent, by POST.")
    name = models.CharField(max_length=100, help_text="Whose it is.")
    secret = models.CharField(max_length=100, default=new_secret, editable=False)
    old_secret = models.CharField(
        max_length=100, blank=True, editable=False, help_text="Signs as well, until whoever reads has the new one."
    )
    epoch = models.CharField(max_length=16)
    seq = models.PositiveBigIntegerField(help_text="The change that was told last.")
    created_at = models.DateTimeField(default=timezone.now)
    busy_until = models.DateTimeField(default=timezone.now, help_text="Until then one worker has it for itself.")
    failures = models.PositiveIntegerField(default=0, help_text="Since the last success.")
    failing_since = models.DateTimeField(null=True, blank=True)
    retry_at = models.DateTimeField(default=timezone.now)
    off_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.name}: {self.address}"


class Delivery(models.Model):
    """One attempt to tell a subscriber of a change."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="deliveries")
    message = models.CharField(max_length=100, help_text="The webhook-id: the same for each attempt to tell the same.")
    body = models.TextField()
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of the answer, if there was one.")
    failure = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "deliveries"
        indexes = [models.Index(fields=["sent_at"], name="delivery_by_age")]

    def __str__(self) -> str:
        return f"{self.message}: {self.failure or self.status}"


class Attempt(models.Model):
    """How often somebody tried to sign in. Django's database cache reads and writes the table (see the settings)."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "tracker_attempts"

    def __str__(self) -> str:
        return self.cache_key
