"""Plan files: read with file, line and column, put on record all or nothing. The format is in docs/plan-files.md."""

from .applying import Expected, MovedOn, Outcome, Tally, Vanishing, apply
from .bringing import import_files, preview_files
from .building import PlanFile
from .places import BadPlan, Fault, Place
from .previewing import Preview, preview
from .reading import Files, opened, read_plan

__all__ = [
    "BadPlan",
    "Expected",
    "Fault",
    "Files",
    "MovedOn",
    "Outcome",
    "Place",
    "PlanFile",
    "Preview",
    "Tally",
    "Vanishing",
    "apply",
    "import_files",
    "opened",
    "preview",
    "preview_files",
    "read_plan",
]
