"""What people fill in."""

from .people import RoleForm
from .position import PositionForm, RetractionForm
from .signing_in import SignInForm
from .undoing import UndoForm

__all__ = ["PositionForm", "RetractionForm", "RoleForm", "SignInForm", "UndoForm"]
