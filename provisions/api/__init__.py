"""The API as another door to the same rooms: what may be asked, and the answers as plain values. No HTTP here."""

from .asking import Asked, BadValue, NotOnRecord, Parameter, Refused, StartAgain, UnknownParameter, read
from .board import BOARD
from .codelists import CODELIST, CODELISTS
from .endpoint import Endpoint, State
from .feed import FEED
from .plans import PLAN, PLANS
from .shape import documented

ENDPOINTS = (PLANS, PLAN, BOARD, FEED, CODELISTS, CODELIST)

__all__ = [
    "ENDPOINTS",
    "Asked",
    "BadValue",
    "Endpoint",
    "NotOnRecord",
    "Parameter",
    "Refused",
    "StartAgain",
    "State",
    "UnknownParameter",
    "documented",
    "read",
]
