"""What `manage.py import_plan` says, and how it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from provisions.models import Change, Plan

from . import accord
from .conftest import Terminal

ROOT = Path(__file__).parents[2]


@pytest.fixture
def said(folder, db, capsys):
    """Runs the command on the accord; what it said on standard output, line by line without padding."""

    def run(*options: str) -> list[str]:
        call_command("import_plan", str(folder), *options)
        return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]

    return run


def test_it_sums_up_what_was_added(said):
    lines = said()
    assert lines[0] == "added changed unchanged"
    assert "wording 6 0 0" in lines
    assert lines[-1] == f"accord: its seq went from 0 to {Plan.objects.get().seq}."


def test_it_says_that_there_was_nothing_to_change(said):
    said()
    lines = said()
    assert "wording 0 0 6" in lines
    assert lines[-1] == f"accord: nothing to change, its seq stays {Plan.objects.get().seq}."


def test_a_dry_run_says_so(said):
    lines = said("--dry-run")
    assert lines[-3].startswith("accord: its seq would go from 0 to ")
    assert lines[-1] == "Dry run: nothing was written."
    assert "New text draft-2, which derives from draft-1:" in lines
    assert "1.10 -> 2 forces: identical from draft-1/forces" in lines
    assert "prisoners: no longer there (unclear)" in lines
    assert "Level: ceasefire from none to open" in lines
    assert not Plan.objects.exists()


def test_what_a_dry_run_names_can_be_asked_for(said):
    *_, options, _ = said("--dry-run")
    said(*options.removeprefix("To import just this: ").split())
    assert Plan.objects.get().seq > 0


def test_a_plan_that_moved_on_ends_with_3_and_is_left_as_it_is(folder, said):
    said()
    before = Change.objects.count()
    accord.edit(folder, "drafts/2.yaml", "at dawn", "at dusk")
    with pytest.raises(CommandError, match="the preview was made at 1; preview again") as error:
        said("--expect-seq", "1")
    assert (error.value.returncode, Change.objects.count()) == (3, before)


def test_lines_that_would_vanish_end_with_4_unless_they_may(folder, said):
    accord.edit(
        folder, "drafts/2.yaml", "    removals:\n      - {provision: prisoners, outcome: unclear, sources: [N1]}\n", ""
    )
    accord.edit(folder, "drafts/2.yaml", "provenance: read_out", "provenance: leaked")
    with pytest.raises(CommandError, match=r"draft-2: prisoners\. Say under 'removals'") as error:
        said()
    assert (error.value.returncode, Change.objects.count()) == (4, 0)
    said("--let-vanish")
    assert Plan.objects.exists()


def test_json_tells_the_preview_the_outcome_and_the_faults(folder, db, capsys):
    def told(*options):
        call_command("import_plan", str(folder), "--json", *options)
        return json.loads(capsys.readouterr().out)

    found = told("--dry-run")
    assert (found["seq_before"], found["texts"][1]["lines"][1]["renumbered"]) == (0, True)
    assert found["effects"][0]["after"]["slug"] == "arden"
    assert told("--expect-hash", found["sha256"])["tallies"]["wording"] == {"added": 6, "changed": 0, "unchanged": 0}
    accord.edit(folder, "said.yaml", "stance: accept", "stance: acept")
    with pytest.raises(CommandError):
        told()
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert (fault["line"], fault["column"], fault["path"]) == (8, 13, "positions[a-1].stance")


def test_it_lists_what_is_kept(folder, said):
    said()
    accord.edit(folder, "beside.yaml", "slug: annex", "slug: appendix")
    assert "Kept, though not in the files: companion annex" in said()


def test_the_log_tells_the_name_of_the_folder(said):
    said()
    assert Change.objects.latest("seq").reason == "Import of accord"


@pytest.mark.django_db
def test_all_faults_come_before_a_sentence_that_counts_them(folder, capsys):
    accord.edit(folder, "said.yaml", "stance: accept", "stance: acept")
    accord.edit(folder, "plan.yaml", "kind: news", "kind: gossip")
    with pytest.raises(CommandError, match=r"^Not imported: 2 faults\. Nothing was written\.$"):
        call_command("import_plan", str(folder))
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("accord/plan.yaml:21:11: sources[N1].kind: 'gossip' is not one of ")
    assert second.startswith("accord/said.yaml:8:13: positions[a-1].stance: 'acept' is not one of ")


@pytest.mark.django_db
def test_a_terminal_shows_what_is_being_written_and_is_left_clean(folder):
    terminal = Terminal()
    call_command("import_plan", str(folder), stderr=terminal)
    assert "writing: wording, 6" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")


@pytest.mark.django_db
def test_elsewhere_a_short_import_shows_no_progress(folder, capsys):
    call_command("import_plan", str(folder))
    assert capsys.readouterr().err == ""


def test_a_shell_sees_exit_code_1(folder, engines):
    accord.edit(folder, "said.yaml", "stance: accept", "stance: acept")
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", "import_plan", str(folder)],
        env=os.environ | engines.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "CommandError: Not imported: 1 fault. Nothing was written."
