"""How do texts stand to each other? Two of them line by line, and all of them at a glance."""

from .comparing import Comparison, NoSuchText, comparison, ends_of_chain
from .matrix import Concordance, concordance
from .pairing import Fate
from .texts import Absence, Text

__all__ = [
    "Absence",
    "Comparison",
    "Concordance",
    "Fate",
    "NoSuchText",
    "Text",
    "comparison",
    "concordance",
    "ends_of_chain",
]
