"""Where does everything stand? One reader for the board, its rows, and the API's board."""

from .keeping import board, board_of_the_moment, board_with, known_change
from .news import NEWS, News
from .reading import revision_head
from .shape import Board, CategoryBoard, Cell, LastWord, PartyHead, Refusal, RevisionHead, Row, RulingMark
from .state import State, plan_state

__all__ = [
    "NEWS",
    "Board",
    "CategoryBoard",
    "Cell",
    "LastWord",
    "News",
    "PartyHead",
    "Refusal",
    "RevisionHead",
    "Row",
    "RulingMark",
    "State",
    "board",
    "board_of_the_moment",
    "board_with",
    "known_change",
    "plan_state",
    "revision_head",
]
