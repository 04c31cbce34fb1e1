"""Section 3: the level of a line is the first clause that fits, over its essential parties."""

from collections.abc import Collection
from typing import NamedTuple

from provisions.agreement.words import Authority, Level, Reading, ReadingClass

CLAUSES = {
    Level.REJECTED: "every essential party rejects",
    Level.CONTESTED: "some essential party rejects",
    Level.UNADDRESSED: "every essential party is silent or claimed",
    Level.OPEN: "some essential party is in class unknown",
    Level.AGREED_IN_PRINCIPLE: "some is in_principle",
    Level.AGREED_CONDITIONALLY: "some is conditional with an unmet condition",
    Level.AGREED_AD_REFERENDUM: "all consent, some at authority below 3",
    Level.AGREED: "all consent at authority 3 or more",
}
_UNHEARD = {Reading.SILENT, Reading.CLAIMED}


class Heard(NamedTuple):
    """How one party reads, in which class, and with what authority."""

    reading: Reading
    classed: ReadingClass
    authority: int | None

    @property
    def below_authoritative(self) -> bool:
        """Whether its consent is not yet that of a head of state or government, a minister or an official text."""
        return self.authority is not None and self.authority < Authority.AUTHORITATIVE


def level(essential: Collection[Heard]) -> Level:
    """The first clause that fits."""
    classes = {heard.classed for heard in essential}
    readings = {heard.reading for heard in essential}
    if ReadingClass.REJECT in classes:
        return Level.CONTESTED if len(classes) > 1 else Level.REJECTED
    if ReadingClass.UNKNOWN in classes:
        return Level.UNADDRESSED if readings <= _UNHEARD else Level.OPEN
    if ReadingClass.PARTIAL in classes:
        return Level.AGREED_IN_PRINCIPLE if Reading.IN_PRINCIPLE in readings else Level.AGREED_CONDITIONALLY
    return Level.AGREED_AD_REFERENDUM if any(heard.below_authoritative for heard in essential) else Level.AGREED


def deciding(rung: Level, heard: Heard) -> bool:
    """Whether a party is one of those that the clause of a level names."""
    match rung:
        case Level.CONTESTED:
            return heard.classed is ReadingClass.REJECT
        case Level.OPEN:
            return heard.classed is ReadingClass.UNKNOWN
        case Level.AGREED_IN_PRINCIPLE:
            return heard.reading is Reading.IN_PRINCIPLE
        case Level.AGREED_CONDITIONALLY:
            return heard.classed is ReadingClass.PARTIAL
        case _:
            return True
