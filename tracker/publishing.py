"""The reading pages as files: a snapshot for an archive, which needs no server, no script and no account.

The pages are asked for as a reader without an account asks for them, so that a snapshot holds what everybody may read.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from parties.models import Source
from provisions.models import Plan, PlanParty, Provision, RevisionVersion

# What only works with a server or a script.
_DROPPED = re.compile(
    r'<script\b.*?</script>|<form\b.*?</form>|<button\b.*?</button>|<dialog\b.*?</dialog>|<div id="poll"[^>]*></div>'
    r'|<meta name="htmx-config"[^>]*>',
    re.DOTALL,
)
# Links that look like buttons; where they led cannot be had here.
_ACTION = re.compile(r'<a\b(?=[^>]*\bclass="btn\b)(?![^>]*\shref=)[^>]*>.*?</a>', re.DOTALL)
_WIRED = re.compile(r'\s(?:hx-[a-z-]+|data-poll)(?:="[^"]*")?')
_LINK = re.compile(r'\s(href|src)="([/?][^"]*)"')
_MAIN = re.compile(r"(<main\b[^>]*>)")


class CannotPublish(Exception):
    """A page could not be had, or a file of the site is missing."""


def publish(folder: Path, *, told: Callable[[str], None] = lambda page: None) -> int:
    """Write every reading page of every plan into a folder; how many. Raises CannotPublish, OSError."""
    host = next((name for name in settings.ALLOWED_HOSTS if not name.startswith((".", "*"))), "localhost")
    reader = Client(headers={"host": host})
    pages = list(dict.fromkeys(_pages()))
    written: dict[str, str] = {}
    for address in pages:
        response = reader.get(address, secure=True, follow=True)
        if response.status_code == 404:
            continue
        if response.status_code != 200:
            raise CannotPublish(f"{address} answered {response.status_code}.")
        written[address] = response.content.decode()
        told(address)
    moment = timezone.now()
    files: set[str] = set()
    for address, html in written.items():
        path = folder / _file(address)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_still(html, address=address, pages=set(written), files=files, at=f"{moment:%Y-%m-%d %H:%M}"))
    for name in files:
        _copy(name, folder)
    return len(written)


def _pages() -> Iterator[str]:
    for name in ("home", "method", "sources"):
        yield reverse(name)
    for plan in Plan.objects.filter(versions__superseded_at=None).distinct():
        for name in ("board", "dossier", "texts", "timeline", "parties", "events", "queue", "changes"):
            yield reverse(name, args=[plan.slug])
        for party in PlanParty.objects.filter(plan=plan).values_list("party__slug", flat=True):
            yield reverse("party", args=[plan.slug, party])
        for line in Provision.objects.filter(plan=plan, parent=None).values_list("slug", flat=True):
            yield reverse("provision", args=[plan.slug, line])
        derived = RevisionVersion.objects.standing().filter(revision__plan=plan, derives_from__isnull=False)
        for before, after in derived.values_list("derives_from__slug", "revision__slug"):
            yield reverse("compare", args=[plan.slug, before, after])
    for source in Source.objects.order_by("slug").values_list("slug", flat=True):
        yield reverse("source", args=[source])


def _file(address: str) -> str:
    return f"{address.strip('/')}/index.html".lstrip("/")


def _still(html: str, *, address: str, pages: set[str], files: set[str], at: str) -> str:
    """A page that stands by itself: links lead to files, and what needs a server is gone."""
    here = posixpath.dirname(_file(address))

    def led(link: re.Match[str]) -> str:
        parts = urlsplit(link[2].replace("&amp;", "&"))
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        if parts.path.startswith(settings.STATIC_URL):
            name = unquote(parts.path.removeprefix(settings.STATIC_URL))
            files.add(name)
            target = f"static/{name}"
        elif parts.path in pages:
            target = _file(parts.path)
        else:
            return ""
        return f' {link[1]}="{escape(posixpath.relpath(target, here or "."))}{fragment}"'

    still = _ACTION.sub("", _LINK.sub(led, _WIRED.sub("", _DROPPED.sub("", html))))
    note = f'<p class="notice mb">Snapshot of {at} UTC. It does not change, and forms and filters are left out.</p>'
    return _MAIN.sub(rf"\1\n{note}", still, count=1)


def _copy(name: str, folder: Path) -> None:
    found = finders.find(name)
    source = Path(found if isinstance(found, str) else Path(settings.STATIC_ROOT) / name)
    if not source.is_file():
        raise CannotPublish(f"The file {name} of the site is not there; run manage.py collectstatic.")
    target = folder / "static" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())
