"""Positions that nobody has taken: their effect, in an address that can be shared, and nothing on record."""

import pytest
from django.test import Client
from django.urls import reverse

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.models import Plan, Position
from tests.builders import ACCORD, ARDEN, BREVIA, says

from .pages import seen


@pytest.fixture
def where(accord: Plan) -> str:
    says(ARDEN, Stance.ACCEPT, "ceasefire")
    recompute(accord.pk)
    return reverse("what-if", args=[ACCORD])


def test_what_is_supposed_moves_levels_on_the_page_and_nothing_on_record(client: Client, where):
    before = Plan.objects.get().seq
    page = client.get(where, {"line": "ceasefire", "party": BREVIA, "stance": "accept"})
    assert "Ceasefire Open Agreed" in seen(page)
    assert 'name="p" value="ceasefire.brevia.accept"' in page.content.decode()
    assert (Plan.objects.get().seq, Position.objects.count()) == (before, 1)


def test_the_address_alone_shows_the_same_to_whoever_has_it(client: Client, where):
    shared = f"{where}?p=ceasefire.brevia.accept&p=prisoners.arden.reject&p=prisoners.brevia.reject"
    told = seen(client.get(shared))
    assert "Ceasefire Open Agreed" in told
    assert "Prisoners Unaddressed Rejected" in told


def test_a_later_supposition_takes_the_place_of_the_one_before(client: Client, where):
    page = client.get(f"{where}?p=ceasefire.brevia.accept", {
        "p": "ceasefire.brevia.accept", "line": "ceasefire", "party": BREVIA, "stance": "reject",
    })  # fmt: skip
    assert "Ceasefire Open Contested" in seen(page)
    assert 'value="ceasefire.brevia.accept"' not in page.content.decode()


@pytest.mark.parametrize("word", ["", "x", "ceasefire.nobody.accept", "nothing.arden.accept", "ceasefire.arden.shrugs"])
def test_what_names_nothing_supposes_nothing(client: Client, where, word):
    assert "What would move" not in seen(client.get(where, {"p": word}))


def test_nothing_supposed_is_a_page_that_says_how_to_begin(client: Client, where):
    assert "Suppose what parties might say" in seen(client.get(where))
