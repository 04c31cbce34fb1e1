from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tracker.models import ApiKey, Scope


class Command(BaseCommand):
    help = "Make a key with which a program may write in somebody's name, list the keys there are, or revoke one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", nargs="?", help="in whose name the program writes; nobody may do more by a key")
        parser.add_argument("--name", default="", help="what the key is for")
        parser.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            help="what it may be used for; may be repeated (edit, where none is given)",
        )
        parser.add_argument("--days", type=int, default=365, help="after so many days it expires (%(default)s)")
        parser.add_argument("--revoke", metavar="START", help="end the key that begins so")

    def handle(self, *, user: str | None, revoke: str | None, **options: Any) -> None:
        if revoke:
            self._revoke(revoke)
        elif user:
            self._make(user, **options)
        else:
            self._list()

    def _make(self, user: str, *, name: str, scope: list[str] | None, days: int, **_: Any) -> None:
        owner = User.objects.filter(username=user, is_active=True).first()
        if owner is None:
            raise CommandError(f"There is no active user '{user}'.")
        if not name:
            raise CommandError("Say by --name what the key is for.")
        if days < 1:
            raise CommandError("--days: a key lives for a day at the least.")
        key, text = ApiKey.make(owner, name=name, scopes=sorted(set(scope or [Scope.EDIT])), days=days)
        self.stdout.write(f"{text}\nIt is shown this once. It begins with {key.start} and ends in {days} days.")

    def _revoke(self, start: str) -> None:
        found = list(ApiKey.objects.usable().filter(start__startswith=start))
        if len(found) != 1:
            raise CommandError(f"'{start}' is the beginning of {len(found)} usable keys; give as much as is listed.")
        key = found[0]
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        self.stdout.write(f"{key} is revoked.")

    def _list(self) -> None:
        for key in ApiKey.objects.usable().select_related("user"):
            used = f"used {key.last_used_at:%Y-%m-%d}" if key.last_used_at else "never used"
            ends = f"ends {key.expires_at:%Y-%m-%d}" if key.expires_at else "never ends"
            self.stdout.write(f"{key.start}  {key.user.username}  {', '.join(key.scopes)}  {used}, {ends}  {key.name}")
