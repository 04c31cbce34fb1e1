"""One word of a vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Code:
    """A word as people read it. `short` is for the board, `symbol` an id in the sprite, `pattern` a fill in bars.

    A tone is one of five: k1 consents, k2 partly, k3 holds back, k4 refuses, k5 has no word of its own.
    """

    value: Any
    label: Text
    definition: Text = ""
    short: Text = ""
    symbol: str = ""
    tone: str = "k5"
    pattern: str = ""

    @property
    def brief(self) -> Text:
        """The word where there is little room."""
        return self.short or self.label

    @property
    def name(self) -> str:
        """The word that plan files and the API use."""
        return str(getattr(self.value, "word", self.value))
