"""What people fill in."""

from .position import PositionForm, RetractionForm
from .signing_in import SignInForm

__all__ = ["PositionForm", "RetractionForm", "SignInForm"]
