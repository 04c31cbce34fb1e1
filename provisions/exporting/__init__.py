"""A plan on record as plan files again: what `importing` reads, so that reading them back changes nothing."""

from .entries import CannotExport
from .folder import NotEmpty, export, proven
from .whole import Whole, whole
from .yaml import plan_files

__all__ = ["CannotExport", "NotEmpty", "Whole", "export", "plan_files", "proven", "whole"]
