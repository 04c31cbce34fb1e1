"""The forms of the desk: one for each kind of thing, all with the version that they began from."""

from .base import Shelf, Thing, ThingForm
from .fields import Merged, Raw, pairs, standing
from .kinds import ADDED, FORMS, SAID_OF_WORDS

__all__ = ["ADDED", "FORMS", "SAID_OF_WORDS", "Merged", "Raw", "Shelf", "Thing", "ThingForm", "pairs", "standing"]
