"""A new text made from the last one: carried, changed, split, merged, dropped, added lines; none lost in silence."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from provisions.agreement.words import Stance, WordingChange
from provisions.assessing import recompute
from provisions.held import held
from provisions.models import Change, Outcome, Plan, Resource
from tests import builders
from tests.builders import ACCORD, ARDEN, BREVIA, says

from .pages import fields, seen

LINES = ("ceasefire", "prisoners", "borders", "trade")


@pytest.fixture
def lead(client: Client, db: None) -> User:
    builders.plan(lines={name: f"Words of {name}." for name in LINES})
    user = User.objects.create_user("lea")
    user.groups.add(Group.objects.create(name="lead"))
    client.force_login(user)
    return user


@pytest.fixture
def where() -> str:
    return reverse("new-text", args=[ACCORD, "draft-1"])


HEAD = {
    "title": "The second draft",
    "short": "draft-2",
    "dated": "10 Jan 2026",
    "provenance": "official",
    "sources": "S1",
}
SPLIT_AND_MERGED = {
    "line-ceasefire-number": "2",
    "line-prisoners-number": "1",
    "line-borders-fate": "merge", "line-borders-into": "prisoners",
    "line-trade-fate": "split",
    "new-TOTAL_FORMS": "2",
    "new-0-title": "Grain", "new-0-category": "peace", "new-0-number": "3", "new-0-text": "Grain is traded.",
    "new-0-made_of": ["trade"],
    "new-1-title": "Oil", "new-1-category": "peace", "new-1-number": "4", "new-1-text": "Oil is traded.",
    "new-1-made_of": ["trade"],
}  # fmt: skip


def send(client: Client, where: str, **changed: Any) -> Any:
    return client.post(where, fields(client.get(where)) | HEAD | {"reason": "Tabled today."} | changed)


def words(key: str) -> Any:
    return held(Plan.objects.get(), Resource.WORDING, keys=[key])[key].content


def test_the_form_names_the_text_that_it_begins_from_by_its_title(client: Client, lead, where):
    assert "Made from the text “Draft-1”, line by line." in seen(client.get(where))


def test_what_is_carried_is_the_same_to_the_letter_and_consent_carries_over(client: Client, lead, where):
    for party in (ARDEN, BREVIA):
        says(party, Stance.ACCEPT, "ceasefire")
    answer = send(client, where)
    assert answer["Location"] == reverse("compare", args=[ACCORD, "draft-1", "draft-2"])
    content = words("draft-2/ceasefire")
    assert (content.change, content.comes_from, content.sources) == (
        WordingChange.IDENTICAL,
        ("draft-1/ceasefire",),
        ("S1",),
    )
    plan = Plan.objects.get()
    assert held(plan, Resource.PLAN)[ACCORD].content.current_revision == "draft-2"
    recompute(plan.pk)
    assert "Agreed" in seen(client.get(reverse("provision", args=[ACCORD, "ceasefire"])))
    assert {change.reason for change in Change.objects.filter(resource=Resource.WORDING, actor=lead)} == {
        "Tabled today."
    }


def test_changed_words_are_substantive_or_by_ruling_editorial(client: Client, lead, where):
    send(client, where, **{
        "line-ceasefire-fate": "change", "line-ceasefire-text": "Other words.",
        "line-prisoners-fate": "change", "line-prisoners-text": "Words of the prisoners.",
        "line-prisoners-editorial": "Only an article.",
    })  # fmt: skip
    assert words("draft-2/ceasefire").change == WordingChange.SUBSTANTIVE
    assert (words("draft-2/prisoners").change, words("draft-2/prisoners").change_reason) == (
        WordingChange.EDITORIAL,
        "Only an article.",
    )


def test_lines_are_split_and_merged_and_swap_their_numbers(client: Client, lead, where):
    assert send(client, where, **SPLIT_AND_MERGED).status_code == 302
    assert words("draft-2/prisoners").change == WordingChange.MERGED
    assert words("draft-2/prisoners").comes_from == ("draft-1/borders", "draft-1/prisoners")
    assert (words("draft-2/grain").change, words("draft-2/oil").comes_from) == (
        WordingChange.SPLIT,
        ("draft-1/trade",),
    )
    assert (words("draft-2/ceasefire").number, words("draft-2/prisoners").number) == ("2", "1")
    removals = held(Plan.objects.get(), Resource.REVISION)["draft-2"].content.removals
    assert {each.provision: each.outcome for each in removals} == {"borders": Outcome.MERGED, "trade": Outcome.MERGED}


@pytest.mark.parametrize(
    ("decided", "remedy"),
    [
        ({"line-trade-fate": "drop"}, "Trade: Say what became of it: a line does not vanish without a word."),
        ({"line-trade-fate": "split"}, "Trade: Add the lines below that it was split into, made of this one."),
        ({"line-trade-fate": "merge"}, "Trade: Say into which line it went."),
        (
            {"line-trade-fate": "merge", "line-trade-into": "borders", "line-borders-fate": "drop",
             "line-borders-outcome": "removed"},
            "Trade: That line is not in the new text either.",
        ),
        ({"line-trade-fate": ""}, "Trade: Say what becomes of this line."),
        ({"line-trade-number": "1"}, "Trade: Another line has the number 1."),
        ({"short": "draft-1"}, "A text with this short title is on record already."),
        ({"sources": ""}, "Name the source in which the text was read."),
        ({"new-0-title": "Grain"}, "Enter its words."),
    ],
)  # fmt: skip
def test_no_line_vanishes_without_a_word_and_nothing_typed_is_lost(client: Client, lead, where, decided, remedy):
    seq = Plan.objects.get().seq
    refused = send(client, where, **(decided | {"line-ceasefire-note": "A note of mine."}))
    assert refused.status_code == 422
    assert remedy in seen(refused)
    assert fields(refused)["line-ceasefire-note"] == "A note of mine."
    assert Plan.objects.get().seq == seq


def test_a_line_whose_field_was_never_sent_does_not_vanish(client: Client, lead, where):
    sent = fields(client.get(where)) | HEAD | {"reason": "Tabled today."}
    left = {name: value for name, value in sent.items() if not name.startswith("line-trade-")}
    assert client.post(where, left).status_code == 422


def test_an_agreed_line_is_dropped_only_after_a_second_look(client: Client, lead, where):
    for party in (ARDEN, BREVIA):
        says(party, Stance.ACCEPT, "trade")
    recompute(Plan.objects.get().pk)
    dropped = {"line-trade-fate": "drop", "line-trade-outcome": "removed"}
    refused = send(client, where, **dropped)
    assert "Trade: This line was agreed. Tick that it is gone on purpose." in seen(refused)
    assert send(client, where, **dropped, **{"line-trade-sure": "on"}).status_code == 302
    recompute(Plan.objects.get().pk)
    assert "dropped" in seen(client.get(reverse("board", args=[ACCORD]))).lower()


def test_what_it_would_move_is_said_first_and_nothing_is_kept(client: Client, lead, where):
    for party in (ARDEN, BREVIA):
        says(party, Stance.ACCEPT, "ceasefire")
    recompute(Plan.objects.get().pk)
    seq = Plan.objects.get().seq
    told = send(client, where, **SPLIT_AND_MERGED, **{
        "line-ceasefire-fate": "change", "line-ceasefire-text": "Other words.", "more": "effect",
    })  # fmt: skip
    assert "Ceasefire: Agreed → Open" in seen(told)
    assert "2 consents would lapse" in seen(told)
    assert fields(told)["line-borders-into"] == "prisoners"
    assert Plan.objects.get().seq == seq


def test_two_who_make_the_same_text_make_one_and_the_second_keeps_the_form(client: Client, lead, where):
    page = fields(client.get(where)) | HEAD | {"reason": "Tabled today."}
    assert client.post(where, page).status_code == 302
    second = client.post(where, page | {"short": "draft-3"})
    assert second.status_code == 422
    assert "Somebody changed the plan or made the same text meanwhile." in seen(second)
    assert client.post(where, fields(second)).status_code == 302


def test_one_more_new_line_keeps_everything(client: Client, lead, where):
    more = client.post(where, fields(client.get(where)) | SPLIT_AND_MERGED | {"more": "new"})
    assert fields(more)["new-TOTAL_FORMS"] == "3"
    assert fields(more)["new-1-title"] == "Oil"
