"""What `manage.py import_plan` says, and how it ends."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from provisions.models import Change, Plan

from . import accord

ROOT = Path(__file__).parents[2]


class Terminal(io.StringIO):
    """A terminal to write to."""

    def isatty(self) -> bool:
        return True


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
    assert lines[-2].startswith("accord: its seq would go from 0 to ")
    assert lines[-1] == "Dry run: nothing was written."
    assert not Plan.objects.exists()


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
