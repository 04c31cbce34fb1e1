import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from provisions.models import Plan
from tracker import env
from tracker.app_role import grant as app_role_grants

# Each folder is named for the plan in it.
PLANS = ("28-point-framework", "european-24-point-text")
# A migration waits for a table no longer than this, because all others wait behind it; then it makes way.
PATIENCE = "2s"
TRIES = 5
REST_SECONDS = 3


class Command(BaseCommand):
    help = "Bring database and static files up to what the code expects; with --demo, load the plans and make users."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--static", choices=("collect", "keep"), default="collect", help="keep: they were collected before"
        )
        parser.add_argument(
            "--app-role",
            metavar="ROLE",
            help="make this role of the database, with the password APP_PASSWORD: it may use every table and owns none",
        )
        parser.add_argument(
            "--demo", action="store_true", help="load the plans that are not there, and make the demo users"
        )

    def handle(self, *, demo: bool, static: str, app_role: str | None, verbosity: int, **options: Any) -> None:
        migrate(verbosity=verbosity)
        if app_role:
            app_role_grants(app_role, env.text("APP_PASSWORD"))
        if settings.STATIC_HASHED and static == "collect":
            self._collect_changed_files()
        if demo:
            for slug in PLANS:
                folder = settings.BASE_DIR / "fixtures" / slug
                if folder.is_dir() and not Plan.every.filter(slug=slug).exists():
                    call_command("import_plan", str(folder))
            call_command("demo_users")

    def _collect_changed_files(self) -> None:
        """Collect the static files, unless they are those that were collected last time."""
        note = Path(settings.STATIC_ROOT) / ".collected-from"
        sources = fingerprint_of_sources()
        if not note.exists() or note.read_text() != sources:
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
            note.write_text(sources)


def migrate(*, verbosity: int) -> None:
    """Bring the tables up to date; where one is taken, make way and try again. What was migrated stays so."""
    for left in reversed(range(TRIES)):
        try:
            with patience(PATIENCE):
                call_command("migrate", verbosity=verbosity, interactive=False)
        except OperationalError as error:
            if not left or not isinstance(error.__cause__, LockNotAvailable):
                raise
            time.sleep(REST_SECONDS)
        else:
            return


@contextmanager
def patience(longest: str) -> Iterator[None]:
    """Let statements wait for a lock so long at the most. Where one fails, it stays so for the next try."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [longest])
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


def fingerprint_of_sources() -> str:
    """The same as long as no static file of ours or of a package is added, removed or changed."""
    files = [Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([])]
    facts = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.sha256(repr(sorted(facts)).encode()).hexdigest()
