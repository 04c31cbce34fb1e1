"""Write docs/roles.md from the policy and the addresses: who may do what, and where."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import URLPattern

from provisions.policy import RULES, Act, matrix
from provisions.urls import urlpatterns
from provisions.views.asking import act_of

HEAD = """# Roles

A role is given for one plan, on the plan's page "People and roles", or for all plans by putting the person into a group
of that name (`viewer`, `contributor`, `analyst`, `reviewer`, `lead`, `administrator`; `admin` is the same as
`administrator`) in the Django admin. The higher one counts. A superuser is an administrator everywhere. A new account
has no group, and reads. Each role may do what those before it may, and more.

Pages, API and templates ask `provisions/policy.py`, and so does this table: `python manage.py roles > docs/roles.md`
writes it anew, and the tests say when it is due.

## Who may do what
"""

PLACES = """
## Where

Every other address of the pages can be read without an account. Whoever is signed out is asked to sign in and comes
back; what was typed is kept. Whoever may not is told so with 403.

| Address | Asks for |
|---|---|"""


def document() -> str:
    """docs/roles.md as it should be."""
    return "\n".join([HEAD, *matrix(), PLACES, *sorted(places()), ""])


def places() -> Iterator[str]:
    """The addresses that not everybody may use."""
    for pattern in urlpatterns:
        if isinstance(pattern, URLPattern) and (act := act_of(pattern.callback)) != Act.READ:
            yield f"| `/{pattern.pattern}` | {RULES[act].least.title}: {act} |"


class Command(BaseCommand):
    help = "Write docs/roles.md from the policy: who may do what, and at which addresses."

    def handle(self, **options: Any) -> None:
        self.stdout.write(document(), ending="")
