"""What people fill in."""

from .importing import DecisionForm, UploadForm
from .people import RoleForm
from .position import PositionForm, RetractionForm
from .together import ReadElsewhereForm, TogetherForm
from .undoing import UndoForm

__all__ = [
    "DecisionForm",
    "PositionForm",
    "ReadElsewhereForm",
    "RetractionForm",
    "RoleForm",
    "TogetherForm",
    "UndoForm",
    "UploadForm",
]
