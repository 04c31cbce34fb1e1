"""The staff sees what waits, what failed and whether anybody sweeps."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.models import Heartbeat, Setback
from provisions.status import note_sweep, status
from tests.builders import ACCORD, ARDEN, says


def page(client) -> str:
    return client.get(reverse("status")).content.decode()


def test_a_plan_whose_levels_lag_is_named_with_how_far_and_since_when(accord, admin_client):
    recompute(accord.pk)
    assert status().waiting == ()
    before = timezone.now()
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    says(ARDEN, Stance.ACCEPT, "prisoners")
    (waiting,) = status().waiting
    assert (waiting.plan, waiting.behind) == (ACCORD, 2)
    assert before < waiting.since < timezone.now()
    assert ACCORD in page(admin_client)


def test_a_plan_that_was_given_up_is_shown_with_its_reason(accord, admin_client):
    Setback.objects.create(plan=accord, seq=1, tries=8, reason="BadRecord: plan: missing", failed_at=timezone.now())
    shown = page(admin_client)
    assert "BadRecord: plan: missing" in shown
    assert "given up until the plan changes" in shown


def test_a_beat_that_sleeps_is_an_alarm(accord, admin_client):
    assert "Is beat running?" in page(admin_client)
    note_sweep()
    assert "Is beat running?" not in page(admin_client)
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(hours=1))
    assert "Is beat running?" in page(admin_client)


def test_the_page_is_for_the_staff(accord, client, django_user_model):
    assert client.get(reverse("status")).status_code == 302
    client.force_login(django_user_model.objects.create_user("viewer"))
    assert client.get(reverse("status")).status_code == 403


@pytest.mark.django_db
def test_without_plans_nothing_waits(admin_client):
    assert "Nothing waits" in page(admin_client)
