"""What was carried out of a line: on its page, with reversals, and in the form of the desk."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from provisions.assessing import recompute
from provisions.contents import SourceContent
from provisions.held import held
from provisions.models import Change, Plan, Proposal, Resource
from provisions.proposals import approve, set_four_eyes
from provisions.record import writing
from tests.builders import ACCORD, TESTER, carried_out, sign

from .pages import fields, part, seen, words

PAGE = f"/plans/{ACCORD}/provisions/ceasefire/"
ADD = f"/plans/{ACCORD}/add/implementation/"
SAID = {
    "provision": "ceasefire",
    "since": "Feb 2026",
    "level": "2",
    "note": "Fire ceased, but on the lake.",
    "sources": "S1",
    "reason": "The monitors reported.",
}


@pytest.fixture
def signed(accord: Plan) -> Plan:
    sign(on="2026-01-20")
    recompute(accord.pk, today=date(2026, 4, 10))
    return accord


@pytest.fixture
def person(client: Client, accord: Plan) -> User:
    user = User.objects.create_user("ana")
    user.groups.add(Group.objects.create(name="analyst"))
    client.force_login(user)
    return user


@pytest.fixture
def levels(signed: Plan) -> Plan:
    carried_out("ceasefire", 3, since="2026-02-01", note="Fire ceased.")
    carried_out("ceasefire", 1, since="2026-03", approximate=True, note="It began again.")
    recompute(signed.pk, today=date(2026, 4, 10))
    return signed


def on_record(key: str) -> Any:
    return held(Plan.objects.get(slug=ACCORD), Resource.IMPLEMENTATION, keys=[key])[key].content


def shown(client: Client, query: str = "") -> str:
    return seen(client.get(f"{PAGE}{query}"), within="implementation")


# ---- The plan in full, and over time ----


def test_the_dossier_has_the_history_with_its_reversal_and_lists_the_sources(client: Client, levels):
    page = client.get(f"/plans/{ACCORD}/dossier/")
    told = seen(page, within="line-ceasefire")
    assert "Level 1, minimum since about Mar 2026. It says nothing of agreement." in told
    fell = "about Mar 2026 Level 1, minimum, fell from level 3, full, which had held since 1 Feb 2026. It began again."
    assert told.index("Fire ceased. The Daily Record") < told.index(fell)
    assert "The Daily Record" in seen(page, within="source-S1")
    assert "Level" not in seen(page, within="line-prisoners")


def test_the_dossier_of_a_past_day_knows_nothing_of_what_came_later(client: Client, levels):
    told = seen(client.get(f"/plans/{ACCORD}/dossier/?as_of=2026-02-10"), within="line-ceasefire")
    assert "Level 3, full since 1 Feb 2026" in told
    assert "Mar 2026" not in told


def test_a_source_of_a_level_alone_is_listed_in_the_dossier(client: Client, signed):
    with writing(ACCORD, by=TESTER) as pen:
        pen.put([SourceContent(slug="S2", title="The Monitors", kind="news")])
    carried_out("ceasefire", 2, since="2026-02-01", sources=("S2",))
    assert "The Monitors" in seen(client.get(f"/plans/{ACCORD}/dossier/"), within="source-S2")


def test_the_timeline_has_each_level_on_its_day_and_they_can_be_asked_for_alone(client: Client, levels):
    page = f"/plans/{ACCORD}/timeline/?kind=implementation"
    html = client.get(page).content.decode()
    feed = words(html.partition('<ol class="feed"')[2].partition("</ol>")[0])
    fell = (
        "Ceasefire: Level 1, minimum Reversal fell from level 3, full, which had held since 1 Feb 2026. It began again."
    )
    assert feed.index(fell) < feed.index("1 Feb 2026 Ceasefire: Level 3, full Fire ceased.")
    assert "2 entries." in words(html)


def test_a_timeline_as_it_was_known_has_no_level_that_was_recorded_later(client: Client, signed):
    before = timezone.now().isoformat().replace("+", "%2B")
    carried_out("ceasefire", 3, since="2026-02-01", note="Fire ceased.")
    page = f"/plans/{ACCORD}/timeline/?kind=implementation"
    assert "Fire ceased." in seen(client.get(page))
    assert "Fire ceased." not in seen(client.get(f"{page}&known_at={before}"))


# ---- The page of the line ----


def test_the_page_says_what_holds_since_when_and_from_what_it_fell(client: Client, levels):
    told = shown(client)
    assert "Level 1, minimum since about Mar 2026, fell from level 3, full, which had held since 1 Feb 2026" in told
    assert "It began again. The Daily Record" in told
    assert "since all principals had accepted the text, 20 Jan 2026" in told
    assert "no level of agreement moves by it" in told
    assert "%" not in told


def test_the_history_has_the_latest_first_and_marks_the_reversal(client: Client, levels):
    told = seen(client.get(PAGE), within="implementation-steps")
    fell = "about Mar 2026 Level 1, minimum Reversal fell from level 3, full"
    assert told.index(fell) < told.index("Fire ceased.")
    assert told.count("Reversal") == 1


def test_of_two_from_one_day_the_page_says_which_does_not_stand(client: Client, levels):
    carried_out("ceasefire", 2, since="2026-03-01")
    assert "Level 2, intermediate does not stand another level from the same day is lower" in shown(client)
    assert "Level 1, minimum since about Mar 2026" in shown(client)


def test_a_line_of_a_text_that_nobody_signed_has_no_such_part(client: Client, accord):
    recompute(accord.pk, today=date(2026, 4, 10))
    assert 'id="implementation"' not in client.get(PAGE).content.decode()


def test_a_signed_line_without_a_level_says_so(client: Client, signed):
    assert "No level is on record." in shown(client)


def test_a_past_day_shows_what_had_come_and_nothing_to_press(client: Client, person, levels):
    told = shown(client, "?as_of=2026-02-15")
    assert "Level 3, full since 1 Feb 2026" in told
    assert "Reversal" not in told
    assert "Correct or withdraw" not in told
    assert 'id="implementation"' not in client.get(f"{PAGE}?as_of=2026-01-19").content.decode()


def test_a_past_state_of_the_record_shows_what_was_known(client: Client, levels):
    known = Change.objects.get(resource=Resource.IMPLEMENTATION, key="ceasefire/2026-02-01").seq
    carried_out("ceasefire", 2, since="2026-02-01", seen=1)
    assert "Level 3, full since 1 Feb 2026" in shown(client, f"?seq={known}")
    assert "fell from level 2, intermediate" in shown(client)


def test_the_log_of_the_line_tells_of_it(client: Client, levels):
    told = seen(client.get(PAGE), within="history")
    assert "Implementation of Ceasefire from about Mar 2026: level 1, minimum, added" in told


def test_news_of_a_level_reach_an_open_page(client: Client, signed):
    address = client.get(PAGE).context["news_url"]
    carried_out("ceasefire", 0, since="2026-02-01")
    news = client.get(address).content.decode()
    assert "Level 0, not implemented" in words(part(news, "implementation"))


def test_a_page_of_a_signed_line_costs_one_query_more(client: Client, signed, django_assert_num_queries):
    for month in range(2, 9):
        carried_out("ceasefire", month % 4, since=f"2026-{month:02}")
    recompute(signed.pk, today=date(2026, 9, 1))
    client.get(PAGE)
    with django_assert_num_queries(2 + 11):
        client.get(PAGE)


def test_the_source_leads_to_what_rests_on_it(client: Client, levels):
    page = client.get(reverse("source", args=["S1"]))
    assert "2 levels of implementation" in seen(page)
    assert f'href="{PAGE}#implementation"' in page.content.decode()


# ---- The desk ----


def save(client: Client, where: str, **changed: Any) -> Any:
    return client.post(where, fields(client.get(where)) | changed)


def test_a_level_is_added_from_the_page_of_the_line(client: Client, person, signed):
    page = client.get(PAGE).content.decode()
    assert f'href="{ADD}?provision=ceasefire"' in page
    form = client.get(f"{ADD}?provision=ceasefire")
    assert fields(form)["provision"] == "ceasefire"
    assert "no level of agreement moves by it" in seen(form)
    answer = save(client, f"{ADD}?provision=ceasefire", **SAID)
    assert answer["Location"] == PAGE
    content = on_record("ceasefire/2026-02")
    assert (content.level, content.note, content.sources) == (2, "Fire ceased, but on the lake.", ("S1",))
    assert Change.objects.latest("seq").reason == "The monitors reported."


def test_the_desk_lists_levels_and_leads_to_their_forms(client: Client, person, levels):
    desk = client.get(reverse("desk", args=[ACCORD]))
    assert "Ceasefire, about Mar 2026: 1 minimum" in seen(desk)
    form = client.get(reverse("edit-thing", args=[ACCORD, "implementation", "ceasefire/2026-03"]))
    assert "Ceasefire, about Mar 2026: 1 minimum" in seen(form)
    assert "provision" not in fields(form)


def test_a_level_is_corrected_and_then_withdrawn(client: Client, person, levels):
    where = reverse("edit-thing", args=[ACCORD, "implementation", "ceasefire/2026-03"])
    assert save(client, where, level="2", reason="Read again.")["Location"] == PAGE
    content = on_record("ceasefire/2026-03")
    assert (content.level, content.since.approximate) == (2, True)
    save(client, where, level="", note="Of another line.", reason="Misread.")
    content = on_record("ceasefire/2026-03")
    assert (content.level, content.note, content.sources) == (None, "Of another line.", ())
    assert "Level 3, full since 1 Feb 2026" in shown(client)


def test_where_nothing_is_signed_the_form_says_what_to_do(client: Client, person, accord):
    answer = save(client, ADD, **SAID)
    assert answer.status_code == 422
    told = seen(answer)
    assert "No signed text has words of 'ceasefire'" in told
    assert "every principal accepts it, at least two of them with formal authority" in told
    assert fields(answer)["note"] == SAID["note"]
    assert not Change.objects.filter(resource=Resource.IMPLEMENTATION).exists()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"level": ""}, "Choose the level."),
        ({"provision": ""}, "Fill this in."),
        ({"since": "soon"}, "Write the day as 24 Dec 2025"),
        ({"since": "2999-01-01"}, "The day must be today or earlier."),
        (
            {"since": "2026-01-19"},
            "Not before 2026-01-20 had all principals accepted the text; give that day or a later one.",
        ),
        ({"note": ""}, "Fill this in."),
        ({"sources": ""}, "Name at least one source."),
        ({"reason": ""}, "Say why; the log keeps the reason."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_that_was_typed_is_lost(client: Client, person, signed, given, told):
    answer = save(client, ADD, **{**SAID, **given})
    assert answer.status_code == 422
    assert told in seen(answer)
    sent = fields(answer)
    assert {name: sent.get(name) for name in SAID} == {**SAID, **given}


def test_a_level_from_a_day_that_has_one_is_shown_beside_it(client: Client, person, levels):
    answer = save(client, ADD, **{**SAID, "since": "2026-03"})
    assert answer.status_code == 409
    assert "It began again." in seen(answer)


def test_before_saving_the_form_says_that_no_level_of_agreement_moves(client: Client, person, signed):
    answer = client.post(ADD, fields(client.get(ADD)) | SAID | {"more": "effect"}, headers={"HX-Request": "true"})
    assert "no reading and no level moves" in words(answer.content.decode())


def test_where_changes_take_two_a_level_is_proposed_and_approved(client: Client, person, signed):
    set_four_eyes(ACCORD, on=True, by=User.objects.create_superuser("root"))
    save(client, ADD, **SAID)
    assert Proposal.objects.get().key == "ceasefire/2026-02"
    reviewer = User.objects.create_user("rev")
    reviewer.groups.add(Group.objects.create(name="reviewer"))
    approve(ACCORD, Proposal.objects.get().number, by=reviewer, reason="Checked.")
    assert on_record("ceasefire/2026-02").level == 2


def test_a_reader_sees_no_way_to_add(client: Client, signed):
    user = User.objects.create_user("vi")
    user.groups.add(Group.objects.create(name="viewer"))
    client.force_login(user)
    assert "Say what was carried out" not in shown(client)
    assert client.get(ADD).status_code == 403


def test_a_signature_on_which_a_level_rests_is_not_retracted_on_its_page(client: Client, person, levels):
    where = reverse("retract-position", args=[ACCORD, "p1"])
    answer = client.post(where, {"reason": "Misread."})
    assert answer.status_code == 422
    assert "Levels of implementation rest on this signature: ceasefire/2026-02-01, ceasefire/2026-03" in seen(answer)
