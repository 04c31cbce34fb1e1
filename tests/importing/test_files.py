"""Files that are too large, elsewhere, or no text: one clear sentence each, before anything is read from them."""

import os
import tracemalloc

import pytest

from . import accord


def test_a_file_of_50_mb_is_refused_unread(folder, faults):
    with (folder / "large.yaml").open("wb") as large:
        large.truncate(50_000_000)
    tracemalloc.start()
    found = faults()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == ["large.yaml: has 50.0 MB; a plan file has at most 5 MB, so split it"]
    assert peak < 20_000_000


def test_a_yaml_bomb_is_refused_at_its_first_anchor(folder, faults):
    bomb = "a: &a [lol, lol]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}]\n"
        for old, new in zip("abcdefghi", "bcdefghij", strict=True)
    )
    (folder / "bomb.yaml").write_text(bomb)
    assert faults() == ["bomb.yaml:1:4: anchors (&) have no place in a plan file; write it out where it is needed"]


@pytest.mark.parametrize("opening", ["[", "- ", "{a: "])
def test_what_is_nested_too_deep_is_refused_where_it_gets_too_deep(folder, faults, opening):
    (folder / "deep.yaml").write_text("notes: " + "\n" * (opening == "- ") + opening * 1_000_000)
    (fault,) = faults()
    assert fault.startswith("deep.yaml:")
    assert fault.endswith(": is nested more than 20 deep")


def test_more_values_than_anyone_reads_are_refused(folder, faults):
    (folder / "many.yaml").write_text("topics: [" + "a, " * 400_000 + "a]")
    assert faults() == ["many.yaml:1:900001: holds more than 300,000 values; split the file"]


def test_a_link_out_of_the_folder_is_refused(folder, faults, tmp_path):
    (tmp_path / "secret.yaml").write_text("topics: [secret]")
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    assert faults() == ["link.yaml: is a link that leads out of the folder; put the file itself here"]


def test_a_link_to_a_folder_outside_is_refused(folder, faults, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (folder / "more").symlink_to(tmp_path / "elsewhere")
    assert faults() == ["more: is a link that leads out of the folder; put the file itself here"]


def test_a_link_that_leads_round_is_refused(folder, faults):
    (folder / "round.yaml").symlink_to("round.yaml")
    (folder / "up").symlink_to(".")
    assert faults() == [
        "round.yaml: is a link that leads nowhere; remove it",
        "up: is a link to a folder; remove it, the folder itself is read",
    ]


def test_a_link_to_a_file_inside_is_read_like_the_file(folder, read):
    (folder / "said.yaml").rename(folder / "said.txt")
    (folder / "positions.yaml").symlink_to("said.txt")
    assert len(read().contents.positions) == 3


def test_invalid_utf_8_is_shown_where_it_stands(folder, faults):
    (folder / "latin.yaml").write_bytes("topics:\n  - {slug: café, title: Café}\n".encode("latin-1"))
    assert faults() == ["latin.yaml:2:15: byte 0xe9 is not UTF-8; save the file as UTF-8"]


@pytest.mark.parametrize("encoding", ["UTF-16", "UTF-32"])
def test_a_file_in_another_encoding_is_named(folder, faults, encoding):
    (folder / "wide.yaml").write_bytes("topics: []".encode(encoding))
    assert faults() == [f"wide.yaml: is written in {encoding}; save it as UTF-8"]


def test_a_byte_order_mark_at_the_beginning_does_no_harm(folder, read):
    (folder / "plan.yaml").write_bytes(b"\xef\xbb\xbf" + accord.PLAN.encode())
    assert read().contents.plan.slug == "accord"


def test_a_byte_order_mark_in_the_middle_is_shown(folder, faults):
    accord.edit(folder, "plan.yaml", "An accord", "An\ufeffaccord")
    assert faults() == ["plan.yaml:3:12: the character U+FEFF cannot stand in a plan file; delete it"]


@pytest.mark.parametrize("text", ["", "\n\n", "# Nothing yet.\n", "---\n", "null\n"])
def test_an_empty_file_is_refused(folder, faults, text):
    (folder / "empty.yaml").write_text(text)
    assert faults() == ["empty.yaml: is empty; remove it, or begin it with a key such as 'revisions:'"]


@pytest.mark.parametrize("text", ["- a\n- b\n", "just words\n"])
def test_a_file_that_is_no_block_of_keys_is_refused(folder, faults, text):
    (folder / "list.yaml").write_text(text)
    assert faults() == ["list.yaml:1:1: a plan file begins with a key such as 'revisions:'"]


def test_a_pipe_is_not_waited_for(folder, faults):
    os.mkfifo(folder / "pipe.yaml")
    assert faults() == ["pipe.yaml: is no plain file"]


def test_other_files_and_hidden_ones_are_passed_over(folder, read):
    (folder / "README.md").write_text("- : no YAML [")
    (folder / ".draft.yaml").write_text("no: [YAML")
    (folder / ".git").mkdir()
    (folder / ".git" / "config.yaml").write_text("no: [YAML")
    assert read().contents.plan.slug == "accord"


def test_a_folder_without_plan_files_says_so(folder, faults):
    for name in accord.FILES:
        (folder / name).unlink()
    assert faults() == ["accord: there is no plan file (.yaml, .yml or .json) in this folder"]


def test_a_folder_without_a_plan_says_so_beside_the_other_faults(folder, faults):
    (folder / "plan.yaml").write_text(accord.PLAN.partition("parties:")[1] + accord.PLAN.partition("parties:")[2])
    accord.edit(folder, "said.yaml", "stance: accept", "stance: acept")
    missing, misspelt = faults()
    assert missing == "accord: no file has the key 'plan', with a slug, a title and the principals"
    assert misspelt.startswith("said.yaml:8:13: ")


def test_a_path_that_does_not_exist_says_so(folder, faults):
    folder.rename("moved")
    assert faults() == ["accord: there is no such file or folder"]


def test_a_folder_with_very_many_files_is_not_read(folder, faults):
    for number in range(1000):
        (folder / f"{number}.yaml").touch()
    assert faults() == ["accord: there are more than 1000 plan files; is it the right folder?"]


def test_what_an_unreadable_file_may_define_is_not_missed(folder, faults):
    accord.edit(folder, "lines.yaml", "provisions:", "provisions: [")
    assert [fault.partition(":")[0] for fault in faults()] == ["lines.yaml"]
