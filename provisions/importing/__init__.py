"""Plan files: read with file, line and column, put on record all or nothing. The format is in docs/plan-files.md."""

from .applying import Expected, MovedOn, Outcome, Tally, Vanishing, apply
from .building import PlanFile
from .places import BadPlan, Fault, Place
from .previewing import Preview, preview
from .reading import read_plan

__all__ = [
    "BadPlan",
    "Expected",
    "Fault",
    "MovedOn",
    "Outcome",
    "Place",
    "PlanFile",
    "Preview",
    "Tally",
    "Vanishing",
    "apply",
    "preview",
    "read_plan",
]
