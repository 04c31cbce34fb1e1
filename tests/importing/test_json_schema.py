"""The JSON Schema and the starter say what the importer reads."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from jsonschema import Draft202012Validator

from provisions.importing import apply, read_plan
from provisions.importing.json_schema import json_schema
from provisions.models import LineAssessment, Plan, Via
from provisions.record import Author

from . import accord
from .test_broken_files import CORPUS

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads(json_schema())


class Yaml12(yaml.SafeLoader):
    """Reads YAML as editors do, to whom a day is a text."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if "timestamp" not in tag]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def faults(text: str) -> list[str]:
    block = yaml.load(text, Loader=Yaml12)  # noqa: S506 -- a safe loader
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(block)]


def test_the_schema_in_the_docs_is_that_of_the_code():
    """If it is not: manage.py plan_schema > docs/plan-files.schema.json"""
    assert (ROOT / "docs" / "plan-files.schema.json").read_text() == json_schema()


FILES = sorted([*(ROOT / "fixtures").rglob("*.yaml"), Path(__file__).parent / "everything.yaml"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_the_importer_reads_fits_the_schema(path):
    assert faults(path.read_text()) == []


# Faults of one value in its place; what must hold between entries no schema can say.
OF_A_VALUE = [
    name for name, case in CORPUS.items() if " is not one of " in case["faults"] or "unknown key" in case["faults"]
]


@pytest.mark.parametrize("name", OF_A_VALUE)
def test_what_the_importer_refuses_in_a_value_does_not_fit(name, tmp_path):
    case = CORPUS[name]
    folder = accord.write(tmp_path)
    accord.edit(folder, case["file"], case["passage"], case["instead"])
    assert faults((folder / case["file"]).read_text())


@pytest.mark.django_db
def test_the_starter_is_imported_as_it_is_and_gets_a_level(tmp_path):
    call_command("new_plan", str(tmp_path / "mine"))
    outcome = apply(read_plan(tmp_path / "mine", today=date(2026, 2, 1)), by=Author(via=Via.IMPORT), let_vanish=False)
    assert outcome.plan == "my-plan"
    call_command("recompute", "--all")
    assert LineAssessment.objects.standing().get(provision__plan=Plan.objects.get()).level == "open"


def test_the_starter_comes_with_the_schema_for_an_editor(tmp_path):
    call_command("new_plan", str(tmp_path))
    for path in tmp_path.rglob("*.yaml"):
        first = path.read_text().splitlines()[0]
        named = first.removeprefix("# yaml-language-server: $schema=")
        assert json.loads((path.parent / named).read_text()) == SCHEMA


def test_a_starter_is_not_written_over_something(tmp_path):
    (tmp_path / "plan.yaml").write_text("plan:")
    with pytest.raises(CommandError, match="is not empty"):
        call_command("new_plan", str(tmp_path))
