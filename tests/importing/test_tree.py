"""Reading YAML and JSON: text stays text, and everything knows where it stands."""

import json

import pytest
import yaml

from provisions.importing import tree as reading
from provisions.importing.places import Faults
from provisions.importing.tree import Block, tree


def read(text: str, *, file: str = "a.yaml") -> Block:
    faults = Faults()
    root = tree(text, file=file, faults=faults)
    assert not faults.found, faults.found
    assert root is not None
    return root


@pytest.mark.parametrize("written", ["1.10", "no", "on", "2025-11-20", "0777", "1e3", "12:30", "0x1F", "NaN", "1_000"])
def test_a_plain_scalar_is_the_text_that_was_written(written):
    assert read(f"key: {written}") == {"key": written}


@pytest.mark.parametrize("quoted", ["'null'", '"null"', '"~"'])
def test_what_is_quoted_is_text(quoted):
    assert read(f"key: {quoted}") == {"key": quoted[1:-1]}


@pytest.mark.parametrize("nothing", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_none(nothing):
    assert read(f"key: {nothing}") == {"key": None}


def test_folded_text_is_joined():
    assert read("key: >-\n  one\n  two\n") == {"key": "one two"}


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.CSafeLoader])
def test_every_key_value_and_item_knows_its_place(monkeypatch, loader):
    monkeypatch.setattr(reading, "LOADER", loader)
    root = read("parts:\n  - slug: one\n    title: One\n  - plain\n")
    parts = root["parts"]
    assert str(root.key_at("parts")) == "a.yaml:1:1: parts"
    assert str(parts.place) == "a.yaml:2:3: parts"
    assert str(parts[0].key_at("title")) == "a.yaml:3:5: parts[one].title"
    assert str(parts[0].value_at("title")) == "a.yaml:3:12: parts[one].title"
    assert str(parts.value_at(1)) == "a.yaml:4:5: parts[2]"
    assert str(parts[0].value_at("missing")) == "a.yaml:2:5: parts[one]"


def test_columns_count_characters_and_not_bytes():
    assert str(read('{"é": "é", key: value}').value_at("key")) == "a.yaml:1:17: key"


def test_windows_line_ends_do_not_move_places():
    assert str(read("a: 1\r\nb: 2\r\n").key_at("b")) == "a.yaml:2:1: b"


def test_json_is_read_as_its_writers_write_it():
    written = {"text": "Café – “quoted” / \U0001f54a\\ud83d", "none": None, "list": [{"a": "1"}], "empty": ""}
    for indent in (None, 2, "\t"):
        assert read(json.dumps(written, indent=indent), file="a.json") == written


def test_half_a_character_of_json_is_refused():
    faults = Faults()
    tree('{"key": "\\ud83d"}', file="a.json", faults=faults)
    assert [fault.place.line for fault in faults.found] == [1]
