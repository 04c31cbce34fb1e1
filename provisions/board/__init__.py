"""Where does everything stand? One reader for the board, its rows, and the API's board."""

from .reading import board, revision_head
from .shape import Board, CategoryBoard, Cell, LastWord, PartyHead, Refusal, RevisionHead, Row, RulingMark
from .state import State, plan_state

__all__ = [
    "Board",
    "CategoryBoard",
    "Cell",
    "LastWord",
    "PartyHead",
    "Refusal",
    "RevisionHead",
    "Row",
    "RulingMark",
    "State",
    "board",
    "plan_state",
    "revision_head",
]
