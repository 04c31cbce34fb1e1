"""What `manage.py export_plan` writes, and what it leaves alone."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from provisions.contents import TopicContent
from provisions.record import change
from tests.builders import ACCORD, TESTER


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_folder_is_made_with_a_file_for_each_draft(accord, tmp_path, capsys):
    call_command("export_plan", ACCORD, str(tmp_path / "out"))
    assert files(tmp_path / "out") == ["plan.yaml", "provisions.yaml", "revisions/01-draft-1.yaml", "sources.yaml"]
    assert "4 files" in capsys.readouterr().out


def test_plan_files_that_are_there_stay_unless_they_may_be_replaced(accord, tmp_path):
    call_command("export_plan", ACCORD, str(tmp_path))
    (tmp_path / "revisions" / "09-left.yaml").write_text("revisions: []")
    (tmp_path / "README.md").write_text("Read me.")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config.json").write_text("{}")
    with pytest.raises(CommandError, match=r"holds plan files, such as plan\.yaml\. Name another folder, or add"):
        call_command("export_plan", ACCORD, str(tmp_path))
    call_command("export_plan", ACCORD, str(tmp_path), "--replace")
    assert files(tmp_path) == [
        ".git/config.json", "README.md", "plan.yaml", "provisions.yaml", "revisions/01-draft-1.yaml", "sources.yaml",
    ]  # fmt: skip


def test_an_unknown_plan_is_answered_with_those_on_record(accord, tmp_path):
    with pytest.raises(CommandError, match=r"no plan 'acord' is on record; there are: accord\."):
        call_command("export_plan", "acord", str(tmp_path))


def test_the_place_that_is_no_folder_is_named(accord, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="Not exported"):
        call_command("export_plan", ACCORD, str(tmp_path / "file" / "below"))


def test_what_cannot_be_said_leaves_the_folder_as_it_was(accord, tmp_path):
    call_command("export_plan", ACCORD, str(tmp_path))
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    change(ACCORD, TopicContent(slug="bell", title="A bell \x07"), seen=0, by=TESTER)
    with pytest.raises(CommandError, match=r"no way to say:\nplan\.yaml:"):
        call_command("export_plan", ACCORD, str(tmp_path), "--replace")
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before
