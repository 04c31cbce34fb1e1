"""The API as another door to the same rooms: what may be asked, and the answers as plain values. No HTTP here."""

from .asking import Asked, BadValue, NotOnRecord, Parameter, Refused, StartAgain, UnknownParameter, read
from .beside import COMPANIONS, DISPUTES, EVENTS
from .board import BOARD
from .codelists import CODELIST, CODELISTS
from .comparing import CONCORDANCE, REDLINE
from .endpoint import Endpoint, Head
from .feed import FEED, NOW, WHOLE_FEED
from .groups import CATEGORIES, TOPICS
from .implementing import IMPLEMENTATION_HISTORY, IMPLEMENTATIONS
from .past import HISTORY, SERIES
from .plans import PLAN, PLANS
from .rule import ASSESSMENT, RECORD
from .said import POSITIONS, RULINGS, SILENCE_PROCEDURES
from .shape import documented
from .snapshot import SNAPSHOT
from .sources import PARTIES, PARTY, SOURCE, SOURCES
from .summary import SUMMARY
from .texts import PROVISIONS, REVISIONS, WORDINGS

ENDPOINTS = (
    PLANS,
    PLAN,
    BOARD,
    SUMMARY,
    FEED,
    WHOLE_FEED,
    SNAPSHOT,
    *REVISIONS.endpoints(),
    *PROVISIONS.endpoints(),
    *WORDINGS.endpoints(),
    *POSITIONS.endpoints(),
    *RULINGS.endpoints(),
    *SILENCE_PROCEDURES.endpoints(),
    *IMPLEMENTATIONS.endpoints(),
    IMPLEMENTATION_HISTORY,
    *EVENTS.endpoints(),
    *COMPANIONS.endpoints(),
    *DISPUTES.endpoints(),
    *CATEGORIES.endpoints(),
    *TOPICS.endpoints(),
    HISTORY,
    SERIES,
    REDLINE,
    CONCORDANCE,
    ASSESSMENT,
    RECORD,
    PARTIES,
    PARTY,
    SOURCES,
    SOURCE,
    CODELISTS,
    CODELIST,
)

__all__ = [
    "ENDPOINTS",
    "NOW",
    "Asked",
    "BadValue",
    "Endpoint",
    "Head",
    "NotOnRecord",
    "Parameter",
    "Refused",
    "StartAgain",
    "UnknownParameter",
    "documented",
    "read",
]
