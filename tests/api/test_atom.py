"""The log for feed readers: valid Atom, ids for good, nothing told twice."""

import re
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import User

from provisions.agreement.words import Stance
from provisions.assessing import recompute
from provisions.contents import PartyContent
from provisions.models import Change, Plan, Via
from provisions.record import Author, revert, writing
from tests import builders
from tests.api.conftest import Reader
from tests.builders import ACCORD, ARDEN, BREVIA, TESTER, says

FEED = f"/api/v1/plans/{ACCORD}/changes.atom"
ATOM = "{http://www.w3.org/2005/Atom}"


def feed(reader: Reader, path: str = FEED, **headers: str) -> ET.Element:
    answer = reader.get(path, **headers)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8", answer.content
    return ET.fromstring(answer.content)  # noqa: S314 (it is our own)


def text(element: Any, name: str) -> str:
    found = element.find(f"{ATOM}{name}")
    assert found is not None, f"no {name}"
    return found.text or ""


def entries(reader: Reader, path: str = FEED) -> list[Any]:
    return feed(reader, path).findall(f"{ATOM}entry")


def titles(reader: Reader, path: str = FEED) -> list[str]:
    return [text(each, "title") for each in entries(reader, path)]


def test_each_change_is_an_entry_with_its_author_its_reason_and_the_way_to_it(accord, reader: Reader):
    ana = User.objects.create_user("ana")
    says(ARDEN, Stance.REJECT, "ceasefire", by=Author(actor=ana, via=Via.PAGE, reason="It was in the <papers>."))
    change = Change.objects.latest("seq")
    entry = entries(reader)[0]
    assert text(entry, "title") == "Position of Arden on Ceasefire added"
    assert text(entry.find(f"{ATOM}author"), "name") == "ana"
    assert text(entry, "updated") == change.recorded_at.isoformat()
    assert text(entry, "summary") == "<p>Arden says reject.</p><p>It was in the &lt;papers&gt;.</p>"
    link = entry.find(f"{ATOM}link").get("href")
    assert link == f"http://testserver/plans/{ACCORD}/changes/?before={change.seq + 1}#change-{change.seq}"
    assert f'id="change-{change.seq}"' in reader.get(link.removeprefix("http://testserver")).content.decode()


def test_it_has_all_that_atom_demands_and_every_id_once(accord, reader: Reader):
    says(ARDEN, Stance.REJECT, "ceasefire")
    root = feed(reader)
    assert root.tag == f"{ATOM}feed"
    ids = [text(each, "id") for each in [root, *root.iter(f"{ATOM}entry")]]
    assert len(ids) == len(set(ids)) == 1 + Plan.objects.get().seq
    for each in [root, *root.iter(f"{ATOM}entry")]:
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", text(each, "id"))
        assert text(each, "title")
        assert datetime.fromisoformat(text(each, "updated")).tzinfo is not None
        assert each.tag == f"{ATOM}feed" or text(each.find(f"{ATOM}author"), "name")
    assert text(root, "updated") == max(text(each, "updated") for each in root.iter(f"{ATOM}entry"))
    rels = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert rels == {
        "self": f"http://testserver{FEED}",
        "alternate": f"http://testserver/plans/{ACCORD}/changes/",
    }


def test_ids_stay_whatever_comes_after_and_by_whatever_address_one_reads(accord, reader: Reader, settings):
    settings.ALLOWED_HOSTS = ["testserver", "mirror.example"]
    before = {text(each, "id"): text(each, "title") for each in entries(reader)}
    says(ARDEN, Stance.REJECT, "ceasefire")
    root = feed(reader, host="mirror.example")
    after = {text(each, "id"): text(each, "title") for each in root.findall(f"{ATOM}entry")}
    assert before.items() < after.items()


def test_after_a_restore_the_same_number_is_another_change(accord, reader: Reader):
    before = {text(each, "id") for each in entries(reader)}
    Plan.objects.update(epoch="ffffffffffff")
    assert before.isdisjoint(text(each, "id") for each in entries(reader))


def test_a_level_that_moved_is_the_title_of_its_entry(accord, reader: Reader):
    recompute(accord.pk, today=date(2026, 1, 10))
    says(BREVIA, Stance.REJECT, "prisoners")
    recompute(accord.pk, today=date(2026, 1, 10))
    assert titles(reader)[0] == "Prisoners moved from Unaddressed to Contested"
    first = entries(reader)[2]
    assert text(first, "title") == "Levels worked out"
    assert "<li>Ceasefire set to Unaddressed</li>" in text(first, "summary")


def test_an_undo_names_what_it_takes_back(accord, reader: Reader):
    says(ARDEN, Stance.REJECT, "ceasefire")
    seq = Change.objects.latest("seq").seq
    revert(ACCORD, seq, by=replace(TESTER, reason="A slip."))
    assert f"<p>A slip.</p><p>Undoes change {seq}.</p>" in text(entries(reader)[0], "summary")


def test_a_feed_may_be_of_one_line_party_author_door_or_kind(accord, reader: Reader):
    ana = User.objects.create_user("ana")
    says(ARDEN, Stance.REJECT, "ceasefire", by=Author(actor=ana, via=Via.PAGE))
    says(BREVIA, Stance.REJECT, "prisoners")
    ours = ["Position of Arden on Ceasefire added"]
    assert titles(reader, f"{FEED}?resource=position&line=ceasefire") == ours
    assert titles(reader, f"{FEED}?party={ARDEN}&via=page") == ours
    assert titles(reader, f"{FEED}?who=ana") == ours
    assert text(feed(reader, f"{FEED}?who=ana"), "id") != text(feed(reader), "id")


def test_a_feed_without_entries_is_still_a_feed(accord, reader: Reader):
    root = feed(reader, f"{FEED}?line=nothing-of-the-kind")
    assert root.findall(f"{ATOM}entry") == []
    began = datetime.fromisoformat(text(root, "updated"))
    assert began == datetime.fromisoformat(text(feed(reader, f"{FEED}?line=nothing-of-the-kind"), "updated"))


def test_older_changes_are_a_page_away(db, reader: Reader):
    builders.long_plan(30)
    path, found = FEED, []
    while path:
        root = feed(reader, path)
        found += [text(each, "id") for each in root.findall(f"{ATOM}entry")]
        older = [link.get("href", "") for link in root.findall(f"{ATOM}link") if link.get("rel") == "next"]
        path = older[0].removeprefix("http://testserver") if older else ""
    assert len(found) == len(set(found)) == Plan.objects.get().seq


def test_what_did_not_change_is_not_told_again_and_a_change_is_never_hidden(accord, reader: Reader):
    tag = reader.get(FEED)["ETag"]
    assert reader.get(FEED, holding=tag).status_code == 304
    assert reader.get(FEED, holding=f"W/{tag}").content == b""
    assert reader.get(f"{FEED}?line=ceasefire", holding=tag).status_code == 200
    says(ARDEN, Stance.REJECT, "ceasefire")
    assert reader.get(FEED, holding=tag).status_code == 200


def test_a_party_by_another_name_is_told_under_a_new_tag(accord, reader: Reader):
    tag = reader.get(FEED)["ETag"]
    builders.plan("elsewhere")
    with writing("elsewhere", by=TESTER) as pen:
        pen.put([PartyContent(slug=ARDEN, name="Republic of Arden", short="Arden")])
    assert reader.get(FEED, holding=tag).status_code == 200


def test_feed_readers_and_browsers_are_both_answered(accord, reader: Reader):
    for accept in ("application/atom+xml", "application/atom+xml;q=0.9, text/xml;q=0.8", "text/html, */*;q=0.8"):
        assert reader.get(FEED, accept=accept).status_code == 200


def test_it_is_told_in_one_language(accord, reader: Reader):
    assert feed(reader, accept_language="uk").get("{http://www.w3.org/XML/1998/namespace}lang") == "en"


@pytest.mark.parametrize(
    ("query", "says"),
    [("?lines=ceasefire", "There is no parameter 'lines' here."), ("?resource=nonsense", "use one of: plan, party")],
)
def test_what_cannot_be_asked_is_named(accord, reader: Reader, query, says):
    told = reader.problem(f"{FEED}{query}")
    assert told["status"] == 400
    assert says in told["detail"]


def test_a_plan_that_is_not_there_is_not_found(db, reader: Reader):
    assert reader.problem("/api/v1/plans/nowhere/changes.atom")["detail"] == "There is no plan 'nowhere'."


@pytest.mark.parametrize("lines", [5, 60])
def test_a_page_of_the_feed_costs_the_same_queries_however_long_the_log_is(
    db, reader: Reader, lines, django_assert_num_queries
):
    builders.long_plan(lines)
    # One moment begins and ends; the head of the log; the plan; lines, parties and texts by name; the entries.
    with django_assert_num_queries(8):
        reader.get(FEED)
