"""Where a benchmark plays: engines of its own, thrown away with all that was made on them."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracker.embedded import Engines
from tracker.embedded.engines import secret


@contextmanager
def stage(**variables: str) -> Iterator[Path]:
    """A folder that is deleted afterwards, while the environment names engines that run, and these variables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engines = Engines(folder / "engines", throw_away=True)
        engines.start()
        try:
            (folder / "static").mkdir()
            os.environ |= {
                **engines.variables,
                "SECRET_KEY": secret(folder / "key"),
                "DJANGO_SETTINGS_MODULE": "tracker.settings",
                "LOG_LEVEL": "ERROR",
                "STATIC_ROOT": str(folder / "static"),
                **variables,
            }
            yield folder
        finally:
            engines.stop()
            engines.remove()
