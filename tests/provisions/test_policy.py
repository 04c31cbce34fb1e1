"""Every role, at every address, by every method, on a plan of one's own and on another's: as the policy says."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone, translation

from provisions.agreement.words import Stance
from provisions.models import DeskRole, Membership, Plan
from provisions.people import appoint
from provisions.policy import RULES, Act, Powers, Rank, may, rank_of
from provisions.urls import urlpatterns
from provisions.views.asking import act_of
from tests import builders
from tests.builders import ACCORD, ARDEN

from .pages import seen

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
# What the names in addresses stand for; of others there is nothing on record, which nobody is told who may not ask.
NAMES = {
    "line": "ceasefire", "party": ARDEN, "key": "p1", "before": "draft-1", "after": "draft-1", "source": "S1",
    "resource": "event",
}  # fmt: skip
OTHER = "other-accord"


def person(name: str, role: DeskRole | None = None, *, plan: str = ACCORD) -> User:
    user = User.objects.create_user(name)
    if role:
        Membership.objects.create(
            plan=Plan.objects.get(slug=plan), user=user, role=role, given_by=None, recorded_at=timezone.now()
        )
    return user


def address(pattern: URLPattern, *, plan: str) -> str:
    converters = pattern.pattern.converters
    names = {name: NAMES.get(name, "1") for name in converters if name != "plan"}
    return reverse(pattern.name, kwargs={**names, **({"plan": plan} if "plan" in converters else {})})


@pytest.fixture
def plans(accord: Plan) -> None:
    builders.says(ARDEN, Stance.ACCEPT, "ceasefire")
    builders.plan(OTHER, lines={"ceasefire": "All fire ceases at dawn."})


# ---- The matrix ----


@pytest.mark.parametrize("role", [None, *DeskRole], ids=lambda role: role or "signed-out")
def test_every_address_answers_every_method_as_the_policy_says(plans, client: Client, role: DeskRole | None):
    if role:
        client.force_login(person("pat", role))
    own = Rank[role.name] if role else Rank.READER
    elsewhere = Rank.VIEWER if role else Rank.READER
    asked = 0
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        least = RULES[act_of(pattern.callback)].least
        in_plan = "plan" in pattern.pattern.converters
        for plan, rank in ((ACCORD, own if in_plan else elsewhere), (OTHER, elsewhere)):
            where = address(pattern, plan=plan)
            for method in METHODS:
                answer = client.generic(method, where)
                asked += 1
                told = f"{method} {where} as {role}: {answer.status_code}"
                if answer.status_code == 405:
                    continue
                if rank >= least:
                    assert answer.status_code not in (401, 403), told
                elif role:
                    assert answer.status_code == 403, told
                else:
                    assert answer.status_code == 302, told
                    assert answer["Location"].startswith("/accounts/login/"), told
    assert asked == 2 * len(METHODS) * len(urlpatterns)


def test_what_anybody_may_open_takes_no_post(plans, client: Client):
    """Who forgets to ask the policy has an address that anybody may write to."""
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        if act_of(pattern.callback) == Act.READ:
            assert client.post(address(pattern, plan=ACCORD)).status_code == 405, pattern


def test_the_api_can_be_read_by_anybody_and_written_by_nobody_without_an_account(plans, client: Client):
    def patterns(resolver: URLResolver) -> list[URLPattern]:
        found: list[URLPattern] = []
        for each in resolver.url_patterns:
            found += patterns(each) if isinstance(each, URLResolver) else [each]
        return found

    api = next(
        each for each in get_resolver().url_patterns if isinstance(each, URLResolver) and str(each.pattern) == "api/"
    )
    for pattern in patterns(api):
        if not pattern.name:
            continue
        names = {name: {"plan": ACCORD, "provision": "ceasefire"}.get(name, "1") for name in pattern.pattern.converters}
        where = reverse(f"api:{pattern.name}", kwargs=names)
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            status = client.generic(method, where, b"{}", content_type="application/json").status_code
            assert status in (401, 403, 404, 405), f"{method} {where}: {status}"


# ---- Where a role comes from ----


def test_a_role_holds_in_its_plan_and_a_group_in_all(plans):
    ana = person("ana", DeskRole.ANALYST)
    assert (rank_of(ana, ACCORD), rank_of(ana, OTHER), rank_of(ana)) == (Rank.ANALYST, Rank.VIEWER, Rank.VIEWER)
    ana.groups.add(Group.objects.create(name="reviewer"))
    assert (rank_of(ana, ACCORD), rank_of(ana, OTHER)) == (Rank.REVIEWER, Rank.REVIEWER)


def test_the_higher_of_several_roles_counts(plans):
    lea = person("lea", DeskRole.LEAD)
    lea.groups.add(Group.objects.create(name="viewer"), Group.objects.create(name="who knows"))
    assert rank_of(lea, ACCORD) == Rank.LEAD


def test_an_account_that_was_closed_may_nothing_but_read(plans):
    adam = User.objects.create_superuser("adam")
    assert may(adam, Act.OPERATE)
    adam.is_active = False
    assert not may(adam, Act.RECORD, ACCORD)
    assert may(adam, Act.READ, ACCORD)


def test_templates_offer_to_the_signed_out_what_they_may_turn_out_to_be_allowed_and_know_no_other_act(accord):
    nobody = AnonymousUser()
    assert not Powers(nobody, ACCORD)["record"]
    assert Powers(nobody, ACCORD, offering=True)["record"]
    assert not Powers(person("vic"), ACCORD, offering=True)["record"]
    with pytest.raises(KeyError):
        Powers(nobody, ACCORD)["recrod"]


# ---- Giving roles ----


def test_a_lead_gives_roles_below_their_own_and_takes_them_back(plans, client: Client):
    lea, ben = person("lea", DeskRole.LEAD), person("ben")
    client.force_login(lea)
    people = reverse("people", args=[ACCORD])
    page = client.post(people, {"username": "ben", "role": "reviewer"}, follow=True)
    assert "ben now has this role: reviewer." in seen(page, within="said")
    assert rank_of(ben, ACCORD) == Rank.REVIEWER
    assert "ben reviewer" in seen(page)
    client.post(people, {"username": "ben", "role": ""})
    assert rank_of(ben, ACCORD) == Rank.VIEWER
    given = Membership.objects.get(user=ben)
    assert (given.role, given.given_by, given.superseded_at is None) == ("reviewer", lea, False)


@pytest.mark.parametrize("role", ["lead", "administrator"])
def test_a_lead_makes_nobody_a_lead_or_more_and_not_themselves(plans, client: Client, role: str):
    lea, ben = person("lea", DeskRole.LEAD), person("ben")
    client.force_login(lea)
    for name in ("ben", "lea"):
        assert client.post(reverse("people", args=[ACCORD]), {"username": name, "role": role}).status_code == 200
    assert (rank_of(ben, ACCORD), rank_of(lea, ACCORD)) == (Rank.VIEWER, Rank.LEAD)


def test_who_stands_as_high_keeps_the_role(plans, client: Client):
    person("mia", DeskRole.LEAD)
    client.force_login(person("lea", DeskRole.LEAD))
    page = client.post(reverse("people", args=[ACCORD]), {"username": "mia", "role": ""})
    assert "Their role is not below yours, so you cannot change it." in seen(page)
    assert Membership.objects.standing().get(user__username="mia").role == DeskRole.LEAD


def test_an_administrator_appoints_leads(plans):
    adam, lea = User.objects.create_superuser("adam"), person("lea")
    appoint(ACCORD, lea, DeskRole.LEAD, by=adam)
    assert rank_of(lea, ACCORD) == Rank.LEAD


def test_a_name_that_nobody_has_is_said_and_what_was_typed_stays(plans, client: Client):
    client.force_login(person("lea", DeskRole.LEAD))
    page = client.post(reverse("people", args=[ACCORD]), {"username": "nobody", "role": "analyst"})
    assert "Nobody signs in as “nobody”." in seen(page)
    assert 'value="nobody"' in page.content.decode()


# ---- The document ----


def test_the_document_is_what_the_policy_says():
    """When it drifts on purpose: manage.py roles > docs/roles.md"""
    written = io.StringIO()
    call_command("roles", stdout=written)
    assert Path(settings.BASE_DIR, "docs", "roles.md").read_text() == written.getvalue()


def test_what_the_roles_may_do_is_said_in_the_readers_language(plans, client: Client):
    client.force_login(person("lea", DeskRole.LEAD))
    # A request leaves its language to the thread; the override takes it back.
    with translation.override("uk"):
        page = seen(client.get(f"/plans/{ACCORD}/people/", headers={"Accept-Language": "uk"}))
        assert [str(rule.what) for rule in RULES.values() if str(rule.what) not in page] == []
        assert Rank.READER.title.capitalize() in page
    assert [str(rule.what) for rule in RULES.values() if str(rule.what) in page] == []
