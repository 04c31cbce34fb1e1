"""Plan files: read with file, line and column, put on record all or nothing. The format is in docs/plan-files.md."""

from .applying import Outcome, Tally, apply
from .building import PlanFile
from .places import BadPlan, Fault, Place
from .reading import read_plan

__all__ = ["BadPlan", "Fault", "Outcome", "Place", "PlanFile", "Tally", "apply", "read_plan"]
