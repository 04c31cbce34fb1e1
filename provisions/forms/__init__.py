"""What people fill in."""

from .importing import DecisionForm, UploadForm
from .people import RoleForm
from .position import PositionForm, RetractionForm
from .undoing import UndoForm

__all__ = ["DecisionForm", "PositionForm", "RetractionForm", "RoleForm", "UndoForm", "UploadForm"]
