import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from provisions.importing import BadPlan, Outcome, PlanFile, apply, read_plan
from provisions.models import Via
from provisions.record import Author

from . import accord

TODAY = date(2026, 6, 1)
IMPORTER = Author(via=Via.IMPORT, reason="Import of accord")


class Terminal(io.StringIO):
    """A terminal to write to."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The accord as files in the folder `accord` below the current one, so that faults name short paths."""
    monkeypatch.chdir(tmp_path)
    return accord.write(Path("accord"))


@pytest.fixture
def read(folder: Path) -> Callable[[], PlanFile]:
    """Reads the accord as its files are now."""
    return lambda: read_plan(folder, today=TODAY)


@pytest.fixture
def faults(folder: Path) -> Callable[[], list[str]]:
    """What is wrong in the files as they are now, each with the file below the folder."""

    def found() -> list[str]:
        with pytest.raises(BadPlan) as bad:
            read_plan(folder, today=TODAY)
        return [str(fault).removeprefix("accord/") for fault in bad.value.faults]

    return found


@pytest.fixture
def load(folder: Path, db: None) -> Callable[..., Outcome]:
    """Imports the accord as its files are now."""

    def loaded(*, dry_run: bool = False) -> Outcome:
        return apply(read_plan(folder, today=TODAY), by=IMPORTER, dry_run=dry_run)

    return loaded
