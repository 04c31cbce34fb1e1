"""Administrators import in pages: they choose, look, decide, apply and undo; nobody else does."""

import json
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from provisions import intake, tasks
from provisions.held import held
from provisions.importing.uploads import packed
from provisions.models import Change, Import, ImportState, Plan, Position, Resource, Via
from provisions.record import Author, change, record_position
from tests.importing import accord
from tests.importing.test_previewing import DRAFT_3

from .pages import seen

PAGE = Author(via=Via.PAGE, reason="An editor saw it so.")


@pytest.fixture
def send(admin_client):
    """Uploads the accord's files, some of them changed; the page that one comes to."""

    def sent(reason="A leak", follow=True, **changes):
        files = dict(accord.FILES)
        for name, (old, new) in changes.items():
            key = next(each for each in files if each.replace("/", "_").startswith(name))
            assert old in files[key]
            files[key] = files[key].replace(old, new)
        raw = packed({name: text.encode() for name, text in files.items()})
        form = {"uploads": [SimpleUploadedFile("accord.zip", raw)], "reason": reason}
        return admin_client.post(reverse("imports"), form, follow=follow)

    return sent


def latest() -> Import:
    return Import.objects.latest("pk")


def post(client, name, **data):
    return client.post(reverse(name, args=[latest().pk]), data, follow=True)


DUSK = {"drafts_2": ("All fire ceases at dawn.", "All fire ceases at dusk.")}


def test_an_upload_is_previewed_applied_and_told(send, admin_client, admin_user):
    page = seen(send())
    assert "Preview of accord.zip" in page
    assert "Nothing has been written" in page
    assert not Plan.objects.exists()
    page = seen(post(admin_client, "apply-import"))
    assert "is complete" in page
    assert f"from state 0 to {Plan.objects.get().seq}" in page
    assert set(Change.objects.values_list("actor", "via", "reason")) == {(admin_user.pk, "import", "A leak")}


def test_a_preview_shows_the_words_three_times(send, admin_client):
    send()
    post(admin_client, "apply-import")
    page = seen(send(**DUSK))
    for words in ("All fire ceases at noon.", "All fire ceases at dawn.", "All fire ceases at dusk."):
        assert words in page


def test_faults_are_told_with_their_place_below_the_upload_and_as_csv(send, admin_client):
    page = seen(send(said=("stance: accept", "stance: acept")))
    assert "1 fault" in page
    assert "said.yaml:8:13 positions[a-1].stance 'acept' is not one of" in page
    assert "Apply import" not in page
    table = admin_client.get(reverse("import-faults", args=[latest().pk])).content.decode()
    assert table.splitlines()[1].startswith("said.yaml,8,13,positions[a-1].stance,")


def test_what_cannot_be_unpacked_is_said_at_the_field_and_leaves_nothing(admin_client):
    form = {"uploads": [SimpleUploadedFile("plan.zip", b"no zip")], "reason": "A leak"}
    page = seen(admin_client.post(reverse("imports"), form))
    assert "'plan.zip' cannot be unpacked" in page
    assert not Import.objects.exists()


def test_a_form_without_files_or_reason_says_so(admin_client):
    page = seen(admin_client.post(reverse("imports"), {}))
    assert "Choose at least one file." in page
    assert "Say why it is imported" in page


def test_a_plan_that_moved_on_is_not_imported_into_but_previewed_again(send, admin_client):
    send()
    post(admin_client, "apply-import")
    send(**DUSK)
    position = held(Plan.objects.get(), Resource.POSITION)["b-1"].content
    record_position("accord", replace(position, key="b-2"), by=PAGE)
    before = Change.objects.count()
    page = seen(post(admin_client, "apply-import"))
    assert "was not applied" in page
    assert "preview again" in page
    assert Change.objects.count() == before
    assert "Preview of accord.zip" in seen(post(admin_client, "look-again"))
    assert "is complete" in seen(post(admin_client, "apply-import"))


@pytest.fixture
def third(send, admin_client):
    """The accord is on record; a third draft without the ceasefire is to be looked at."""
    send()
    post(admin_client, "apply-import")
    files = dict(accord.FILES) | {"drafts/3.yaml": DRAFT_3}
    files["lines.yaml"] += "  - {slug: truce, title: Truce, category: peace}\n"
    raw = packed({name: text.encode() for name, text in files.items()})
    form = {"uploads": [SimpleUploadedFile("third.zip", raw)], "reason": "A third draft"}
    return seen(admin_client.post(reverse("imports"), form, follow=True))


def test_words_of_unknown_origin_are_decided_before_they_are_applied(third, admin_client):
    assert "Where words come from, to decide" in third
    refused = admin_client.post(reverse("apply-import", args=[latest().pk]), {"let_vanish": "yes"})
    assert refused.status_code == 422
    assert "Decide first" in seen(refused)
    undecided = admin_client.post(reverse("decide-import", args=[latest().pk]), {})
    assert "Decide where these words come from." in seen(undecided)
    page = seen(post(admin_client, "decide-import", **{"origin-0": "from"}))
    # The truce takes up the ceasefire, so that nothing vanishes.
    assert "nothing says what became of them" not in page
    post(admin_client, "apply-import")
    assert held(Plan.objects.get(), Resource.WORDING)["draft-3/truce"].content.comes_from == ("draft-2/ceasefire",)


def test_lines_that_vanish_have_to_be_let_go(third, admin_client):
    page = seen(post(admin_client, "decide-import", **{"origin-0": "new"}))
    assert "nothing says what became of them: Ceasefire" in page
    refused = admin_client.post(reverse("apply-import", args=[latest().pk]))
    assert refused.status_code == 422
    assert "is complete" in seen(post(admin_client, "apply-import", let_vanish="yes"))


def test_a_whole_import_is_undone_as_one_and_says_what_stays(send, admin_client):
    send()
    post(admin_client, "apply-import")
    first = Plan.objects.get().seq
    send(**DUSK, said=("  - id: b-1", "  - id: b-9"))
    post(admin_client, "apply-import")
    page = seen(admin_client.get(reverse("undo-import", args=[latest().pk])))
    assert "2 things go back" in page
    assert Plan.objects.get().seq == first + 2
    page = seen(post(admin_client, "undo-import", reason="It was a hoax."))
    assert "was undone" in page
    assert held(Plan.objects.get(), Resource.WORDING)["draft-2/ceasefire"].content.text == "All fire ceases at dawn."
    assert Position.objects.get(key="b-9").retraction.reason == "It was a hoax."
    undoing = Change.objects.filter(seq__gt=first + 2)
    assert set(undoing.values_list("reverts", flat=True)) == {first + 1, first + 2}


def test_what_was_added_and_may_carry_others_stays_after_an_undo(third, admin_client):
    post(admin_client, "decide-import", **{"origin-0": "new"})
    post(admin_client, "apply-import", let_vanish="yes")
    page = seen(admin_client.get(reverse("undo-import", args=[latest().pk])))
    assert "What was added and stays" in page
    assert "Revision: 1 draft-3" in page


def test_an_import_on_which_something_stands_is_not_undone(send, admin_client):
    send()
    post(admin_client, "apply-import")
    send(**DUSK)
    post(admin_client, "apply-import")
    words = held(Plan.objects.get(), Resource.WORDING)["draft-2/ceasefire"]
    change("accord", replace(words.content, text="All fire ceases at six."), seen=words.version, by=PAGE)
    before = Change.objects.count()
    page = seen(admin_client.get(reverse("undo-import", args=[latest().pk])))
    assert "Changed since, so that it cannot be undone: draft-2/ceasefire." in page
    assert "cannot be undone" in seen(post(admin_client, "undo-import", reason="It was a hoax."))
    assert Change.objects.count() == before


def test_a_large_import_waits_for_a_worker_and_tells_how_far_it_is(send, admin_client, monkeypatch):
    monkeypatch.setattr(intake, "AT_ONCE", 0)
    page = seen(send())
    assert "Reading accord.zip" in page
    assert "Waiting for a worker" in page
    tasks.go_on_with_import(latest().pk)
    assert latest().state == ImportState.READY
    post(admin_client, "apply-import")
    assert latest().state == ImportState.WAITING
    intake._tell(latest().pk, {"what": "wording", "number": 6, "done": 12, "total": 26})
    part = admin_client.get(reverse("import", args=[latest().pk]), headers={"HX-Request": "true"})
    assert "Writing: wording, 6" in part.content.decode()
    assert "<html" not in part.content.decode()
    tasks.go_on_with_import(latest().pk)
    part = admin_client.get(reverse("import", args=[latest().pk]), headers={"HX-Request": "true"})
    assert part.headers["HX-Refresh"] == "true"
    assert latest().state == ImportState.DONE


def test_an_import_that_is_stopped_is_taken_back_whole(send, admin_client, monkeypatch):
    monkeypatch.setattr(intake, "AT_ONCE", 0)
    send()
    tasks.go_on_with_import(latest().pk)
    post(admin_client, "apply-import")
    assert "Stop and roll back" in seen(post(admin_client, "stop-import"))
    tasks.go_on_with_import(latest().pk)
    page = seen(admin_client.get(reverse("import", args=[latest().pk])))
    assert "was stopped" in page
    assert not Plan.objects.exists()


def test_an_import_that_kills_whoever_tries_it_is_given_up(send, monkeypatch):
    monkeypatch.setattr(intake, "AT_ONCE", 0)
    send()
    Import.objects.update(tries=intake.MOST_TRIES)
    tasks.go_on_with_import(latest().pk)
    assert (latest().state, latest().report["error"]) == (ImportState.FAULTY, "broken")


def test_the_sweep_finds_an_import_whose_bell_was_not_heard(send, monkeypatch):
    monkeypatch.setattr(intake, "AT_ONCE", 0)
    send()
    rung = []
    monkeypatch.setattr(tasks.go_on_with_import, "delay", rung.append)
    tasks.sweep()
    assert rung == [latest().pk]


def test_the_report_and_the_files_can_be_downloaded(send, admin_client):
    send()
    report = json.loads(admin_client.get(reverse("import-report", args=[latest().pk])).content)
    assert report["tallies"]["wording"]["added"] == 6
    files = admin_client.get(reverse("import-files", args=[latest().pk]))
    assert files.content == packed({name: text.encode() for name, text in accord.FILES.items()})


def test_a_plan_comes_out_as_a_zip_that_can_be_uploaded_without_a_change(send, admin_client):
    send()
    post(admin_client, "apply-import")
    before = Plan.objects.get().seq
    raw = admin_client.get(reverse("export-plan", args=["accord"])).content
    form = {"uploads": [SimpleUploadedFile("again.zip", raw)], "reason": "Nothing"}
    admin_client.post(reverse("imports"), form)
    assert (latest().report["seq_before"], latest().report["seq_after"]) == (before, before)


PLACES = ("imports", "import", "undo-import", "import-report", "import-files")


@pytest.mark.parametrize("name", PLACES)
def test_only_administrators_import(name, client, accord, admin_user):
    row = Import.objects.create(
        name="x", files=b"", reason="x", uploaded_by=admin_user, uploaded_at="2026-01-01T00:00:00Z"
    )
    address = reverse(name) if name == "imports" else reverse(name, args=[row.pk])
    assert client.get(address).status_code == 302
    client.force_login(User.objects.create_user("reader"))
    assert client.get(address).status_code == 403
    assert client.get(reverse("export-plan", args=["accord"])).status_code == 403
