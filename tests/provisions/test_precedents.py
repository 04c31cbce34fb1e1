"""Lines carry codes of PA-X and PAM, in and out of files, on pages, in the API and in tables."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone

from provisions.assessing import recompute
from provisions.codebook import VOCABULARIES
from provisions.contents import from_json
from provisions.exporting import export, whole
from provisions.held import held
from provisions.importing import BadPlan, apply, read_plan
from provisions.models import Change, Plan, Resource
from provisions.record import change
from tests.builders import ACCORD, TESTER
from tests.provisions.pages import fields, seen
from tracker.models import ApiKey, Scope

LINE = f"/plans/{ACCORD}/provisions/prisoners/"


def line(plan: Plan):
    return held(plan, Resource.PROVISION, keys=["prisoners"])["prisoners"]


@pytest.fixture
def coded(accord: Plan) -> Plan:
    """The accord, whose line on prisoners has codes."""
    was = line(accord)
    change(ACCORD, replace(was.content, pax=("TjPrire", "TjAm"), pam=("prisr",)), seen=was.version, by=TESTER)
    recompute(accord.pk)
    return accord


def test_codes_are_kept_in_their_order_once_and_the_log_tells_of_them(coded):
    assert (line(coded).content.pax, line(coded).content.pam) == (("TjAm", "TjPrire"), ("prisr",))
    entry = Change.objects.filter(resource=Resource.PROVISION, key="prisoners").latest("seq")
    assert entry.before["pax"] == []
    assert entry.after["pax"] == ["TjAm", "TjPrire"]


def test_an_entry_of_before_there_were_codes_is_still_read(coded):
    told = dict(Change.objects.filter(resource=Resource.PROVISION, key="prisoners").latest("seq").after)
    del told["pax"], told["pam"]
    assert from_json(Resource.PROVISION, told).pax == ()


def test_what_is_no_code_is_refused(accord):
    was = line(accord)
    with pytest.raises(ValidationError, match="Not among the codes: Tjxyz"):
        change(ACCORD, replace(was.content, pax=("TjAm", "Tjxyz")), seen=was.version, by=TESTER)


def test_they_go_out_into_files_and_in_again(coded, tmp_path: Path):
    export(whole(ACCORD), tmp_path, today=timezone.now().date())
    file = read_plan(tmp_path, today=timezone.now().date())
    outcome = apply(file, by=TESTER)
    assert outcome.seq_after == outcome.seq_before
    (words,) = [each for each in tmp_path.rglob("*.yaml") if "TjPrire" in each.read_text()]
    words.write_text(words.read_text().replace("TjPrire", "TjPrir"))
    with pytest.raises(BadPlan, match=r"'TjPrir' is not one of .*did you mean 'TjPrire'"):
        read_plan(tmp_path, today=timezone.now().date())


def test_the_api_tells_them_explains_them_and_has_them_as_columns(coded, client):
    told = client.get(f"/api/v1/plans/{ACCORD}/provisions/prisoners").json()
    assert (told["pax"], told["pam"]) == (["TjAm", "TjPrire"], ["prisr"])
    codes = client.get("/api/v1/codelists/pam").json()["results"]
    assert {each["value"]: each["label"] for each in codes}["prisr"] == "Release of prisoners"
    table = client.get(f"/api/v1/plans/{ACCORD}/provisions.csv").content.decode("utf-8-sig")
    by_line = {row["slug"]: row for row in csv.DictReader(io.StringIO(table))}
    assert (by_line["prisoners"]["pax"], by_line["prisoners"]["pam"]) == ("TjAm; TjPrire", "prisr")
    assert by_line["ceasefire"]["pax"] == ""


def test_an_editor_changes_them_by_the_api(coded, client):
    ana = User.objects.create_superuser("ana")
    _key, secret = ApiKey.make(ana, name="ana's", scopes=[Scope.EDIT])
    body = {"pam": ["prisr", "amnest"], "version": line(coded).version, "reason": "Amnesty as well."}
    address = f"/api/v1/plans/{ACCORD}/provisions/prisoners"
    ask = {"content_type": "application/json", "headers": {"Authorization": f"Bearer {secret}"}}
    answer = client.patch(address, json.dumps(body), **ask)
    assert (answer.status_code, answer.json()["pam"]) == (200, ["amnest", "prisr"])
    wrong = {**body, "pam": ["nothing"], "version": line(coded).version}
    assert client.patch(address, json.dumps(wrong), **ask).status_code == 422


def test_the_page_names_them_and_the_desk_changes_them(coded, client):
    assert "Release of prisoners TjPrire" in seen(client.get(LINE))
    client.force_login(User.objects.create_superuser("ana"))
    form = f"/plans/{ACCORD}/edit/provision/prisoners/"
    given = fields(client.get(form))
    assert given["pax"] == "TjAm, TjPrire"
    answer = client.post(form, {**given, "pax": "TjAm Tjxyz", "reason": "More."})
    assert "Not among the codes: Tjxyz." in answer.content.decode()
    assert client.post(form, {**given, "pax": "TjAm; TjVic", "reason": "More."}).status_code in (204, 302)
    assert line(coded).content.pax == ("TjAm", "TjVic")


def test_every_code_is_there_once_and_says_what_it_stands_for():
    assert (len(VOCABULARIES["pax"]), len(VOCABULARIES["pam"])) == (102, 51)
    assert all(each.label for name in ("pax", "pam") for each in VOCABULARIES[name])
