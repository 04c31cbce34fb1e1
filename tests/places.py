"""Every page of the site, found from its addresses: none is forgotten when one is added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, reverse

from provisions import intake
from provisions.assessing import recompute
from provisions.ending import delete
from provisions.importing.uploads import packed
from provisions.models import Import, Plan, Position, Resource
from provisions.proposals import propose_retraction
from provisions.urls import urlpatterns
from tests import builders

PLANS = ("28-point-framework", "european-24-point-text")
PLAN = PLANS[0]
BOARD = f"/plans/{PLAN}/"
TWO = "position=ru-038.education-language&position=ru-033.ceasefire"
# Pages in states that no address of their own leads to.
STATES = {
    "sign-in": "/accounts/login/",
    "account": "/accounts/2fa/",
    "account-sessions": "/accounts/sessions/",
    "board-nothing-found": f"{BOARD}?q=nothing+of+the+kind",
    "board-of-a-past-day": f"{BOARD}?as_of=2025-12-01&open=amnesty",
    "timeline-before-the-record": f"{BOARD}timeline/?known_at=2020-01-01",
    "search-found": "/search/?q=ceasefire",
    "search-nothing-found": "/search/?q=nothing+of+the+kind",
    "positions-of-a-source": f"{BOARD}positions/?source=S244&tick=all",
    "positions-nothing-found": f"{BOARD}positions/?q=nothing+of+the+kind",
    "several-to-retract": f"{BOARD}positions/several/?do=retract&{TWO}&position=no-such",
    "several-to-read-elsewhere": f"{BOARD}positions/several/?do=source&{TWO}",
    "queue-of-one-kind": f"{BOARD}queue/?only=stale",
    "changes-nothing-found": f"{BOARD}changes/?resource=topic&line=znpp",
    "provision-gone": f"{BOARD}provisions/amnesty/",
    "undo-refused": f"{BOARD}changes/1/undo/",
    "not-found": "/no-such-page/",
    "tombstone": "/plans/given-up/",
    "tombstone-to-bring-back": "/plans/given-up/bring-back/",
}


class Place(NamedTuple):
    """A page: what it is called, and where it is."""

    name: str
    path: str


def furnish(plans: Iterable[str] = PLANS) -> User:
    """Put the plans that come with the site on record, with levels; an administrator, who sees every page."""
    for slug in plans:
        folder = str(Path(settings.BASE_DIR, "fixtures", slug))
        call_command("import_plan", folder, stdout=StringIO(), stderr=StringIO())
    for plan in Plan.objects.all():
        recompute(plan.pk)
    given_up = builders.plan("given-up", lines={"ceasefire": "All fire ceases at noon."})
    delete("given-up", name="An accord", seen=given_up.seq, by=replace(builders.TESTER, reason="It was a trial."))
    return User.objects.create_superuser("admin")


def places(client: Client) -> Iterator[Place]:
    """The pages: those addresses that answer with a whole document. What a page fetches or sends by itself is none."""
    examples = _examples(User.objects.get(username="admin"))
    for pattern in urlpatterns:
        path = reverse(str(pattern.name), kwargs=_example(pattern, examples))
        answer = client.get(path)
        # An example that leads nowhere would hide a page.
        assert answer.status_code in (200, 204, 302, 405), f"{path} answers {answer.status_code}"
        if answer.status_code == 200 and _is_document(answer):
            yield Place(str(pattern.name), path)
    yield from (Place(name, path) for name, path in STATES.items())


def _is_document(answer: Any) -> bool:
    return not answer.streaming and answer.content.lstrip().lower().startswith(b"<!doctype html")


def _example(pattern: URLPattern, examples: dict[str, Any]) -> dict[str, Any]:
    """What an address may name; `line of undo` goes before `line`."""
    named = {name: examples.get(f"{name} of {pattern.name}", examples.get(name)) for name in pattern.pattern.converters}
    missing = [name for name, value in named.items() if value is None]
    assert not missing, f"The page '{pattern.name}' is new here: give an example of its {missing} in tests/places.py."
    return named


def _examples(admin: User) -> dict[str, Any]:
    said = Position.objects.filter(plan__slug=PLAN, wording__isnull=False).latest("pk")
    position = said.plan.changes.get(resource=Resource.POSITION, key=said.key)
    return {
        "plan": PLAN,
        "line": "znpp",
        "party": said.party.slug,
        "before": "us-28",
        "after": "us-ua-20",
        "base": "us-ua-20",
        "revision": "us-ua-20",
        "source": said.evidence.values_list("source__slug", flat=True)[0],
        "seq": position.seq,
        "number": _an_import(admin).pk,
        "number of proposal": propose_retraction(PLAN, said.key, reason="A slip.", author=admin).number,
        "key of retract-position": said.key,
        "resource of add-thing": "event",
        "resource": "wording",
        "key": "us-ua-20/znpp",
    }


def _an_import(admin: User) -> Import:
    folder = Path(settings.BASE_DIR, "fixtures", PLANS[1])
    files = {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.yaml"))}
    return intake.upload([("plan.zip", packed(files))], reason="A new text.", by=admin)
