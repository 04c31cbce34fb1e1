"""Each broken file is refused with every fault in its place, and the record is as it was."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import connection

from provisions.models import Change, Plan

from . import accord

CORPUS: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "broken.yaml").read_text())


def rows() -> dict[str, int]:
    """How many rows each table of ours has."""
    names = [name for name in connection.introspection.table_names() if name.startswith(("provisions_", "parties_"))]
    with connection.cursor() as cursor:
        counts = {}
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')  # noqa: S608 -- our own tables
            counts[name] = cursor.fetchone()[0]
    return counts


def refused(path: Path | str, capsys: Any) -> list[str]:
    """What the command says, having made sure that it wrote nothing."""
    before = rows()
    with pytest.raises(CommandError, match="Nothing was written") as error:
        call_command("import_plan", str(path))
    assert error.value.returncode == 1
    assert rows() == before
    return [line.removeprefix("accord/") for line in capsys.readouterr().err.splitlines()]


@pytest.mark.parametrize("name", CORPUS)
def test_a_plan_with(name, folder, load, capsys):
    load()
    seq = Plan.objects.get(slug="accord").seq
    case = CORPUS[name]
    accord.edit(folder, case["file"], case["passage"], case["instead"])
    assert refused(folder, capsys) == case["faults"].splitlines()
    assert Plan.objects.get(slug="accord").seq == Change.objects.count() == seq


@pytest.mark.django_db
def test_a_broken_plan_that_is_new_leaves_no_trace(folder, capsys):
    accord.edit(folder, "plan.yaml", "  title: An accord\n", "")
    refused(folder, capsys)
    assert not Plan.objects.exists()
