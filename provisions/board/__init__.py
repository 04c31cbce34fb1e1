"""Where does everything stand? One reader for the board, its rows, and the API's board."""

from .reading import board, revision_head
from .shape import Board, CategoryBoard, Cell, PartyHead, Refusal, RevisionHead, Row

__all__ = ["Board", "CategoryBoard", "Cell", "PartyHead", "Refusal", "RevisionHead", "Row", "board", "revision_head"]
