"""A database after all migrations, kept for the next process of the same run of checks.

To migrate takes twelve seconds, and a run of checks has several processes and sites that each begin with it. The run
names a file in a folder of its own, so what is kept is never older than the code; without that name nothing is kept.
"""

import os
from pathlib import Path

from tracker.backups import run

# Set by `run.py test`.
NAMED_BY = "MIGRATED_DATABASE"


def restore() -> bool:
    """Bring our empty database to where the migrations lead; whether that was kept and could be done."""
    if (kept := _file()) is None or not kept.exists():
        return False
    run("pg_restore", "--no-owner", "--exit-on-error", str(kept))
    return True


def keep() -> None:
    """Keep our database, which was just migrated and holds nothing else, if that is wanted and was not done."""
    if (kept := _file()) is None or kept.exists():
        return
    unfinished = kept.with_suffix(f".{os.getpid()}")
    run("pg_dump", "--format=custom", "--compress=0", "--no-owner", f"--file={unfinished}")
    unfinished.rename(kept)


def _file() -> Path | None:
    named = os.environ.get(NAMED_BY)
    return Path(named) if named else None
