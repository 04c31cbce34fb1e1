"""Lists of statements that somebody pastes: read row by row, nothing of it on record."""

from .columns import MOST_CHARS, MOST_ROWS, Column, TooMuch
from .reading import Fault, Pasted, Statement, read

__all__ = ["MOST_CHARS", "MOST_ROWS", "Column", "Fault", "Pasted", "Statement", "TooMuch", "read"]
