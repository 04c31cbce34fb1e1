"""The admin shows the record and edits code lists only, through the one writer."""

import pytest
from django.contrib import admin
from django.urls import reverse

from provisions.agreement.words import Stance
from provisions.contents import TopicContent
from provisions.models import Change, Position, Topic
from provisions.proposals import set_four_eyes
from provisions.record import change
from tests.builders import ACCORD, ARDEN, TESTER, says

SHOWN = ["plan", "change", "position", "wordingversion", "lineassessment", "setback", "provision", "revision", "topic"]


@pytest.mark.parametrize("model", SHOWN)
def test_the_record_can_be_looked_at(accord, admin_client, model):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    assert admin_client.get(reverse(f"admin:provisions_{model}_changelist")).status_code == 200


def test_a_position_cannot_be_edited_added_or_deleted_there(accord, admin_client):
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    position = Position.objects.get()
    page = reverse("admin:provisions_position_change", args=[position.pk])
    assert admin_client.post(page, {"stance": "reject"}).status_code == 403
    assert admin_client.post(reverse("admin:provisions_position_add"), {}).status_code == 403
    assert admin_client.post(reverse("admin:provisions_position_delete", args=[position.pk])).status_code == 403
    position.refresh_from_db()
    assert position.stance == "accept"


@pytest.fixture
def topic(accord) -> Topic:
    change(ACCORD, TopicContent(slug="fire", title="Fire"), seen=0, by=TESTER)
    return Topic.objects.get()


def test_a_topic_is_edited_through_the_writer(topic, admin_client, admin_user):
    page = reverse("admin:provisions_topic_change", args=[topic.pk])
    admin_client.post(page, {"title": "Ceasefires", "version": 1})
    topic.refresh_from_db()
    assert (topic.title, topic.version) == ("Ceasefires", 2)
    entry = Change.objects.latest("seq")
    assert (entry.resource, entry.key, entry.actor) == ("topic", "fire", admin_user)


def test_a_topic_that_somebody_changed_meanwhile_is_not_overwritten(topic, admin_client):
    change(ACCORD, TopicContent(slug="fire", title="Theirs"), seen=1, by=TESTER)
    page = reverse("admin:provisions_topic_change", args=[topic.pk])
    answer = admin_client.post(page, {"title": "Mine", "version": 1}, follow=True)
    assert "Somebody changed" in answer.content.decode()
    assert "You had typed: Mine" in answer.content.decode()
    assert "successfully" not in answer.content.decode()
    topic.refresh_from_db()
    assert topic.title == "Theirs"


OURS = [model for model in admin.site._registry if model._meta.app_label in ("parties", "provisions", "tracker")]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_what_the_admin_says_of_a_field_is_said_in_the_readers_language(model):
    said = [field.help_text for field in model._meta.get_fields() if getattr(field, "help_text", "")]
    # What is translated is worked out when it is shown; what is not is a plain string from the start.
    assert not [text for text in said if isinstance(text, str)]


def test_a_topic_of_a_plan_that_takes_two_people_is_not_edited_there(topic, admin_client, admin_user):
    set_four_eyes(ACCORD, on=True, by=admin_user)
    page = reverse("admin:provisions_topic_change", args=[topic.pk])
    answer = admin_client.post(page, {"title": "Ceasefires", "version": 1}, follow=True)
    assert "take two people" in answer.content.decode()
    assert "successfully" not in answer.content.decode()
    topic.refresh_from_db()
    assert topic.title == "Fire"
