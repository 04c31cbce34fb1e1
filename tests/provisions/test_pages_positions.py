"""Adding and retracting positions through the forms, without script."""

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from parties.models import Source
from provisions.agreement.words import EventState, Stance
from provisions.assessing import recompute
from provisions.contents import SourceContent
from provisions.models import Change, ConditionKind, Plan, Position, Via
from provisions.record import change
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, event, revision, says

from .pages import part, seen, words

LINE = f"/plans/{ACCORD}/provisions/ceasefire/"
ADD = f"{LINE}positions/{ARDEN}/add/"
FILLED = {
    "stance": "accept",
    "stated_on": "6 Jan 2026",
    "speaker": "The president",
    "speaker_role": "Head of state",
    "authority": "3",
    "asserted_by": ARDEN,
    "given_on": "draft-1/ceasefire",
    "summary": "Arden accepts the ceasefire.",
    "reason": "It was in the papers.",
    "condition-TOTAL_FORMS": "1",
    "condition-INITIAL_FORMS": "0",
    "evidence-TOTAL_FORMS": "1",
    "evidence-INITIAL_FORMS": "0",
    "evidence-0-source": "S1",
    "evidence-0-grade": "B2",
}


@pytest.fixture
def analyst(client: Client, accord: Plan) -> User:
    user = User.objects.create_user("ana")
    user.groups.add(Group.objects.create(name="analyst"))
    client.force_login(user)
    return user


def send(client: Client, *, to: str = ADD, **fields: Any) -> Any:
    return client.post(to, {name: value for name, value in (FILLED | fields).items() if value is not None})


def seq() -> int:
    return Plan.objects.get(slug=ACCORD).seq


def problems(page: Any) -> list[tuple[str, str]]:
    """What the summary says, and whether the control that it leads to is on the page."""
    summary = page.content.decode().partition('class="error-summary')[2].partition("</div>")[0]
    return re.findall(r'<a href="#([^"]+)">([^<]+)</a>', summary)


# ---- Who may ----


def test_who_is_signed_out_is_asked_to_sign_in_and_comes_back(client: Client, accord):
    assert client.get(ADD)["Location"] == f"/accounts/login/?next={ADD}"


def test_who_may_only_read_is_told_so_and_nothing_changes(client: Client, accord):
    viewer = User.objects.create_user("vic")
    viewer.groups.add(Group.objects.create(name="viewer"))
    client.force_login(viewer)
    before = seq()
    for answer in (client.get(ADD), send(client)):
        assert answer.status_code == 403
        assert "Your account cannot do this" in seen(answer)
    assert seq() == before


def test_administrators_may(client: Client, accord):
    client.force_login(User.objects.create_superuser("adam"))
    assert client.get(ADD).status_code == 200


def test_a_reader_who_may_only_read_is_not_offered_the_forms(client: Client, accord):
    assert "Add a position" in seen(client.get(LINE))
    client.force_login(User.objects.create_user("vic"))
    assert "Add a position" not in seen(client.get(LINE))


# ---- Adding ----


def test_a_saved_position_is_on_record_with_author_reason_and_a_readable_key(client: Client, analyst):
    before = seq()
    answer = send(client)
    assert answer["Location"] == LINE
    position = Position.objects.get()
    assert position.key == "arden-2026-01-06.ceasefire"
    assert (position.stance, position.authority, position.stated_on) == ("accept", 3, date(2026, 1, 6))
    assert [str(each) for each in position.evidence.all()] == ["The Daily Record B2"]
    entry = Change.objects.get(seq=before + 1)
    assert (entry.actor, entry.via, entry.reason) == (analyst, Via.PAGE, "It was in the papers.")
    assert entry.request_id == answer["X-Request-ID"]


def test_the_page_says_what_was_saved(client: Client, analyst):
    page = client.get(send(client)["Location"])
    assert "Saved: a position of Arden on point 1." in seen(page, within="said")
    assert "Saved" not in seen(client.get(LINE))


def test_a_note_is_kept_and_stands_with_the_position(client: Client, analyst):
    send(client, note="Two papers differ on the hour.")
    recompute(Plan.objects.get(slug=ACCORD).pk)
    assert "Arden accepts the ceasefire. Note: Two papers differ on the hour." in seen(
        client.get(LINE), within=f"pos-{ARDEN}"
    )


def test_a_key_that_is_taken_gets_a_number(client: Client, analyst):
    send(client)
    send(client, summary="Arden says it once more.")
    send(client, summary="And again.")
    keys = Position.objects.order_by("pk").values_list("key", flat=True)
    assert list(keys) == [
        "arden-2026-01-06.ceasefire",
        "arden-2026-01-06-2.ceasefire",
        "arden-2026-01-06-3.ceasefire",
    ]


def test_a_form_that_is_sent_twice_is_saved_once(client: Client, analyst):
    send(client)
    assert "The same position is on record already" in seen(send(client))
    assert Position.objects.count() == 1


def test_a_position_can_be_given_on_a_whole_text(client: Client, analyst):
    send(client, given_on="draft-1")
    position = Position.objects.get()
    assert (position.key, position.wording) == ("arden-2026-01-06", None)
    assert position.revision
    assert position.revision.slug == "draft-1"


def test_the_current_words_are_offered_first_then_earlier_ones_then_whole_texts(client: Client, analyst):
    revision("draft-2", words={"ceasefire": "All fire ceases at dawn."}, derives_from="draft-1")
    select = client.get(ADD).content.decode().partition('name="given_on"')[2].partition("</select>")[0]
    assert re.findall(r'value="([^"]+)"', select) == ["draft-2/ceasefire", "draft-1/ceasefire", "draft-2", "draft-1"]


@pytest.mark.parametrize(
    ("written", "day", "precision"),
    [
        ("2026-01-06", date(2026, 1, 6), "day"),
        ("6 January 2026", date(2026, 1, 6), "day"),
        ("  6   Jan 2026 ", date(2026, 1, 6), "day"),
        ("Jan 2026", date(2026, 1, 1), "month"),
        ("2026-01", date(2026, 1, 1), "month"),
        ("2025", date(2025, 1, 1), "year"),
    ],
)
def test_a_day_is_read_as_exactly_as_it_is_written(client: Client, analyst, written, day, precision):
    send(client, stated_on=written, approximate="on")
    position = Position.objects.get()
    assert (position.stated_on, position.precision, position.approximate) == (day, precision, True)


def test_a_claim_of_another_party_is_attributed(client: Client, analyst):
    refused = send(client, asserted_by=BREVIA)
    assert problems(refused) == [("id_authority", "What one party says of another is attributed.")]
    send(client, asserted_by=BREVIA, authority="0")
    assert Position.objects.get().asserted_by.slug == BREVIA


def test_conditions_take_the_three_forms_of_the_rule(client: Client, analyst):
    event("withdrawal", (EventState.UNMET, date(2026, 1, 5)))
    conditions = {
        "condition-TOTAL_FORMS": "3",
        "condition-0-kind": "provision_reaches",
        "condition-0-line": "prisoners",
        "condition-0-level": "agreed",
        "condition-1-kind": "event_met",
        "condition-1-event": "withdrawal",
        "condition-2-kind": "provision_absent",
        "condition-2-line": "prisoners",
        "condition-2-level": "agreed",
    }
    send(client, stance="conditional", **conditions)
    found = [(each.kind, str(each.provision or ""), each.level, str(each.event or "")) for each in
             Position.objects.get().conditions.order_by("pk")]  # fmt: skip
    assert found == [
        (ConditionKind.PROVISION_REACHES, "prisoners", "agreed", ""),
        (ConditionKind.EVENT_MET, "", "", "Withdrawal"),
        # A level has no meaning for an absence, so it is not kept.
        (ConditionKind.PROVISION_ABSENT, "prisoners", "", ""),
    ]


def test_a_source_is_found_by_its_address_too(client: Client, analyst):
    evening = SourceContent(slug="S2", title="The Evening Record", kind="news", url="https://example.org/evening")
    change(ACCORD, evening, seen=0, by=TESTER)
    send(client, **{"evidence-0-source": "https://example.org/evening"})
    assert Position.objects.get().evidence.get().source.slug == "S2"


def test_a_new_source_is_recorded_together_with_the_position(client: Client, analyst):
    before = seq()
    new = {
        "evidence-0-source": "",
        "evidence-0-grade": "",
        "source-title": "Arden speaks",
        "source-publisher": "The Morning Post",
        "source-url": "https://example.org/arden-speaks",
        "source-kind": "news",
        "source-grade": "C3",
    }
    send(client, **new)
    piece = Position.objects.get().evidence.get()
    assert (piece.source.title, piece.grade) == ("Arden speaks", "C3")
    assert piece.source.slug.startswith("the-morning-post-")
    changes = Change.objects.filter(seq__gt=before).order_by("seq").values_list("resource", "reason")
    assert list(changes) == [("source", "It was in the papers."), ("position", "It was in the papers.")]
    # The same page again is the same source.
    send(client, summary="Arden says more.", **new)
    assert Source.objects.filter(title="Arden speaks").count() == 1


# ---- Rows without script ----


@pytest.mark.parametrize("rows", ["condition", "evidence"])
def test_one_more_row_keeps_all_that_was_typed_and_checks_nothing(client: Client, analyst, rows):
    before = seq()
    page = send(client, more=rows, stated_on="some day", reason="", **{f"{rows}-TOTAL_FORMS": "2"})
    html = page.content.decode()
    assert f'name="{rows}-TOTAL_FORMS" value="3"' in html
    assert 'value="some day"' in html
    assert 'value="S1"' in html
    assert problems(page) == []
    assert seq() == before


def test_what_saving_would_do_is_said_before_saving(client: Client, analyst):
    says(BREVIA, Stance.ACCEPT, "ceasefire")
    recompute(Plan.objects.get(slug=ACCORD).pk, today=date(2026, 1, 10))
    before = seq()
    effect = seen(send(client, more="effect", reason="", summary=""), within="foresight")
    assert "If saved, point 1 moves to Agreed Arden then reads as accepts." in effect
    effect = seen(send(client, more="effect", authority="1"), within="foresight")
    assert "point 1 stays Open This voice is below the plan’s threshold" in effect
    piece = client.post(ADD, FILLED | {"more": "effect"}, headers={"HX-Request": "true"})
    assert words(piece.content.decode()).startswith("If saved, point 1 moves to Agreed")
    assert "Too little is filled in yet" in seen(send(client, more="effect", stance=None), within="foresight")
    assert seq() == before


# ---- What is refused ----


REFUSED: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "an empty reason": ({"reason": "  "}, ("id_reason", "Say why it is added; the log keeps the reason.")),
    "no stance": ({"stance": None}, ("id_stance_0", "Choose the stance.")),
    "a stance that is not in the list": ({"stance": "perhaps"}, ("id_stance_0", "Choose one of these stances.")),
    "a day in the future": ({"stated_on": "1 Jan 2099"}, ("id_stated_on", "The day must be today or earlier.")),
    "a day that is none": (
        {"stated_on": "31 Feb 2026"},
        (
            "id_stated_on",
            "Write the day as 24 Dec 2025 or 2025-12-24; if only the month or year is known, Dec 2025 or 2025.",
        ),
    ),
    "no speaker": ({"speaker": ""}, ("id_speaker", "Say who spoke.")),
    "no summary": ({"summary": ""}, ("id_summary", "Say in a sentence what was said.")),
    "no source": (
        {"evidence-0-source": "", "evidence-0-grade": ""},
        ("id_evidence-0-source", "Enter a source. A position cannot be saved without one."),
    ),
    "a source that nobody defines": (
        {"evidence-0-source": "S999"},
        ("id_evidence-0-source", "“S999” is not a source on record. Describe it below as a new source."),
    ),
    "a grade that is none": (
        {"evidence-0-grade": "Z9"},
        ("id_evidence-0-grade", "A grade is a letter A to F and a digit 1 to 6, such as B2."),
    ),
    "a condition without a conditional stance": (
        {"condition-0-kind": "provision_absent", "condition-0-line": "prisoners"},
        ("id_condition-0-kind", "Only a conditional stance has conditions."),
    ),
    "a conditional stance without a condition": (
        {"stance": "conditional"},
        ("id_condition-0-kind", "Say on what it hangs."),
    ),
    "a condition without its line": (
        {"stance": "conditional", "condition-0-kind": "provision_reaches", "condition-0-level": "agreed"},
        ("id_condition-0-line", "Choose the line that has to reach a level."),
    ),
    "a new source without an address": (
        {"source-title": "Somewhere", "source-kind": "news"},
        ("id_source-url", "Enter the address of the new source."),
    ),
    "an address that a browser would run": (
        {"source-title": "Trap", "source-kind": "news", "source-url": "javascript:alert(1)"},
        ("id_source-url", "Enter a valid URL."),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_said_at_its_control_and_nothing_typed_is_lost(client: Client, analyst, name):
    fields, problem = REFUSED[name]
    before = seq()
    page = send(client, **fields)
    assert problem in problems(page)
    html = page.content.decode()
    assert f'id="{problem[0]}"' in html
    assert "<title>Error: Add a position of Arden" in html
    for kept in (FILLED | fields).values():
        if kept and kept.strip() not in ("perhaps", ""):
            assert kept.strip() in html
    assert seq() == before


def test_everything_that_is_wrong_is_said_at_once(client: Client, analyst):
    empty = dict.fromkeys(["stated_on", "speaker", "reason", "evidence-0-source", "evidence-0-grade"], "")
    said = [anchor for anchor, _message in problems(send(client, stance=None, **empty))]
    assert said == ["id_stance_0", "id_stated_on", "id_speaker", "id_reason", "id_evidence-0-source"]


def test_each_message_stands_at_its_control_as_well(client: Client, analyst):
    html = send(client, speaker="").content.decode()
    assert words(part(html, "id_speaker_error")) == "Say who spoke."
    assert 'aria-describedby="id_speaker_helptext id_speaker_error"' in part(html, "ed")


def test_a_party_or_a_line_that_does_not_exist_is_not_found(client: Client, analyst):
    assert client.get(f"{LINE}positions/nobody/add/").status_code == 404
    assert client.get(f"/plans/{ACCORD}/provisions/nothing/positions/{ARDEN}/add/").status_code == 404


# ---- Whose, and taking back ----


def test_an_analyst_chooses_the_party_first(client: Client, analyst):
    page = client.get(f"{LINE}positions/")
    assert f'href="{ADD}"' in page.content.decode()
    assert "Brevia" in seen(page)


def test_a_position_is_retracted_with_a_reason(client: Client, analyst):
    key = says(ARDEN, Stance.REJECT, "ceasefire")
    address = f"/plans/{ACCORD}/positions/{key}/retract/"
    assert "Arden says reject." in seen(client.get(address))
    refused = client.post(address, {"reason": " "})
    assert problems(refused) == [("id_reason", "Say why it is retracted.")]
    assert Position.objects.filter(retraction=None).exists()
    answer = client.post(address, {"reason": "It was another Arden."})
    assert answer["Location"] == LINE
    entry = Change.objects.latest("seq")
    assert (entry.kind, entry.actor, entry.reason) == ("retracted", analyst, "It was another Arden.")
    assert client.get(address).status_code == 404


def test_one_on_a_whole_text_leads_back_to_the_line_that_it_was_opened_from(client: Client, analyst):
    key = says(ARDEN, Stance.REJECT, None)
    address = f"/plans/{ACCORD}/positions/{key}/retract/"
    assert f'href="{LINE}">Keep it' in client.get(f"{address}?line=ceasefire").content.decode()
    elsewhere = client.get(f"{address}?line=https://elsewhere.example/").content.decode()
    assert f'href="/plans/{ACCORD}/">Keep it' in elsewhere
    assert client.post(f"{address}?line=//elsewhere.example", {"reason": "Wrong."})["Location"] == f"/plans/{ACCORD}/"


def test_only_writers_see_the_way_to_retract(client: Client, analyst):
    key = says(ARDEN, Stance.REJECT, "ceasefire")
    recompute(Plan.objects.get(slug=ACCORD).pk, today=date(2026, 1, 10))
    address = f"/plans/{ACCORD}/positions/{key}/retract/"
    assert address in client.get(LINE).content.decode()
    client.logout()
    assert address not in client.get(LINE).content.decode()
    assert client.get(address)["Location"].startswith("/accounts/login/")


# ---- Following an earlier position with a later one ----


def test_a_later_position_follows_the_one_before_and_begins_with_its_voice(client: Client, analyst):
    key = says(ARDEN, Stance.REJECT, "ceasefire")
    page = client.get(LINE).content.decode()
    assert f"{ADD}?follows={key}" in page
    form = client.get(f"{ADD}?follows={key}")
    assert "This follows what was said before: Arden says reject." in seen(form)
    assert 'name="speaker" value="A spokesperson"' in form.content.decode()
    send(client, follows=key)
    latest = Position.objects.get(stance="accept")
    assert latest.follows
    assert latest.follows.key == key


def test_what_another_party_said_or_what_was_retracted_is_not_followed(client: Client, analyst):
    theirs = says(BREVIA, Stance.REJECT, "ceasefire")
    assert client.get(f"{ADD}?follows={theirs}").status_code == 404
    assert send(client, follows=theirs).status_code == 404
    mine = says(ARDEN, Stance.REJECT, "ceasefire")
    client.post(f"/plans/{ACCORD}/positions/{mine}/retract/", {"reason": "A mistake."})
    assert send(client, follows=mine).status_code == 404
