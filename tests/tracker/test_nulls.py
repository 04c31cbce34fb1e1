"""The character NUL, which PostgreSQL keeps nowhere, in what pages are asked and sent."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from provisions.held import held
from provisions.models import Plan, Resource
from tests.builders import ACCORD
from tests.provisions.pages import fields


@pytest.mark.parametrize("name", ["q", "category", "compare", "as_of", "%00"])
def test_a_page_that_is_asked_with_it_answers_as_without(accord: Plan, client: Client, name: str):
    page = reverse("board", args=[ACCORD])
    assert client.get(f"{page}?{name}=fire%00").status_code == client.get(f"{page}?{name}=fire").status_code


def test_a_text_that_brings_it_is_saved_without(accord: Plan, client: Client):
    client.force_login(User.objects.create_superuser("ada"))
    form = reverse("edit-thing", args=[ACCORD, "provision", "ceasefire"])
    sent = fields(client.get(form)) | {"note": "Copied\0 out of a file.", "reason": "Seen\0."}
    assert client.post(form, sent).status_code == 302
    assert held(accord, Resource.PROVISION)["ceasefire"].content.note == "Copied out of a file."


def test_the_api_refuses_it_in_its_own_words(accord: Plan, client: Client):
    assert client.get(f"/api/v1/plans/{ACCORD}/board?category=%00").status_code == 400
