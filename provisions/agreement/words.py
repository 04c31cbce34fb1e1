"""The words of the rule: every vocabulary that the record and the assessment use, with their orders.

The rest of the project takes its vocabularies from here. Labels for people live elsewhere.
"""

from enum import IntEnum, StrEnum

RULE = "AS-1.0"


class Ladder(StrEnum):
    """A vocabulary whose words stand in an order, the lowest first."""

    rank: int

    def __init__(self, _word: str) -> None:
        self.rank = len(type(self).__members__)


class Stance(StrEnum):
    """What a party says to words, least to most consenting; an abstention ranks as the reserve that it reads as."""

    REJECT = "reject"
    RESERVE = "reserve"
    IN_PRINCIPLE = "in_principle"
    CONDITIONAL = "conditional"
    NO_OBJECTION = "no_objection"
    ACCEPT = "accept"
    ABSTAIN = "abstain"

    rank: int
    consenting: bool

    def __init__(self, word: str) -> None:
        self.rank = 1 if word == "abstain" else len(type(self).__members__)
        self.consenting = self.rank > 1


class Authority(IntEnum):
    """With what authority something was said."""

    ATTRIBUTED = 0
    REPORTED = 1
    NEGOTIATOR = 2
    AUTHORITATIVE = 3
    FORMAL = 4

    @property
    def word(self) -> str:
        """The word that plan files use for it."""
        return self.name.lower()


class Level(Ladder):
    """The status of a line: the ladder of section 3."""

    REJECTED = "rejected"
    CONTESTED = "contested"
    UNADDRESSED = "unaddressed"
    OPEN = "open"
    AGREED_IN_PRINCIPLE = "agreed_in_principle"
    AGREED_CONDITIONALLY = "agreed_conditionally"
    AGREED_AD_REFERENDUM = "agreed_ad_referendum"
    AGREED = "agreed"


class Gone(StrEnum):
    """What became of a line that has no words in the evaluated revision."""

    SUCCEEDED = "succeeded"
    WITHDRAWN = "withdrawn"


class Reading(StrEnum):
    """How one party reads on one line."""

    REJECT = "reject"
    RESERVE = "reserve"
    ABSTAIN = "abstain"
    SILENT = "silent"
    CLAIMED = "claimed"
    STALE = "stale"
    IN_PRINCIPLE = "in_principle"
    CONDITIONAL = "conditional"
    PRESUMED = "presumed"
    NO_OBJECTION = "no_objection"
    ACCEPT = "accept"


class ReadingClass(StrEnum):
    """The four classes that readings fall in."""

    CONSENT = "consent"
    PARTIAL = "partial"
    UNKNOWN = "unknown"
    REJECT = "reject"


class Provenance(StrEnum):
    """How the words of a revision came to be known."""

    OFFICIAL = "official"
    LEAKED = "leaked"
    READ_OUT = "read_out"
    REPORTED = "reported"
    ANNOUNCED = "announced"

    @property
    def unseen(self) -> bool:
        """Whether nobody outside has seen the words themselves."""
        return self in (Provenance.REPORTED, Provenance.ANNOUNCED)


class WordingChange(StrEnum):
    """What a wording is to the wordings that it comes from."""

    ADDED = "added"
    IDENTICAL = "identical"
    EDITORIAL = "editorial"
    SUBSTANTIVE = "substantive"
    SPLIT = "split"
    MERGED = "merged"


class Carried(StrEnum):
    """How what a party said reaches the current words."""

    SAME = "same"
    IDENTICAL = "identical"
    EDITORIAL = "editorial"
    EARLIER = "earlier"
    REVISION = "revision"
    NONE = "none"


class Role(StrEnum):
    """What a party is to a line."""

    OBLIGOR = "obligor"
    BENEFICIARY = "beneficiary"
    GUARANTOR = "guarantor"
    VERIFIER = "verifier"
    AFFECTED = "affected"
    OBSERVER = "observer"


class Kind(StrEnum):
    """Whether a line binds or introduces."""

    OPERATIVE = "operative"
    PREAMBULAR = "preambular"


class ConditionKind(StrEnum):
    """What a conditional position can wait for."""

    PROVISION_REACHES = "provision_reaches"
    EVENT_MET = "event_met"
    PROVISION_ABSENT = "provision_absent"


class ConditionState(StrEnum):
    """How a condition stands."""

    UNMET = "unmet"
    MET = "met"
    FAILED = "failed"


class EventState(Ladder):
    """How an event stands, the worst first."""

    FAILED = "failed"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    MET = "met"


class Precision(StrEnum):
    """How exactly a day is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Phase(StrEnum):
    """Where a plan stands: six that the rule computes, then those that an analyst records with evidence."""

    ANNOUNCED = "announced"
    TABLED = "tabled"
    UNDER_NEGOTIATION = "under_negotiation"
    CLOSING = "closing"
    CLOSED_AD_REFERENDUM = "closed_ad_referendum"
    AGREED = "agreed"
    INITIALLED = "initialled"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    LAPSED = "lapsed"
    REFUSED = "refused"


class Flag(StrEnum):
    """What a reader of a level or a reading should know besides."""

    CLAIMED_SOFTENING = "claimed_softening"
    DISPUTED_RECORD = "disputed_record"
    HARDENED_BY_LOWER = "hardened_by_lower"
    OBJECTION_BY_NON_ESSENTIAL = "objection_by_non_essential"
    ON_EARLIER_WORDING = "on_earlier_wording"
    PRESUMED = "presumed"
    TACIT = "tacit"


class Alarm(StrEnum):
    """What should not happen to a line unnoticed."""

    AGREED_THEN_DROPPED = "agreed_then_dropped"


class Confidence(Ladder):
    """How sure the record lets one be of a reading or a level."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Doubt(StrEnum):
    """Why confidence is not high."""

    DISPUTED_RECORD = "disputed_record"
    EVIDENCE_BELOW_B2 = "evidence_below_b2"
    ONE_SOURCE = "one_source"
    CARRIED_BY_EDITORIAL_RULING = "carried_by_editorial_ruling"
    PROVENANCE_NOT_OFFICIAL = "provenance_not_official"
    PRESUMED = "presumed"
    TACIT = "tacit"
    OLDER_THAN_HORIZON = "older_than_horizon"


class Move(StrEnum):
    """What can lift a line."""

    WITHDRAW_OBJECTION = "withdraw_objection"
    STATE = "state"
    RECONFIRM = "reconfirm"
    SETTLE_WORDS = "settle_words"
    REACH = "reach"
    AWAIT_EVENT = "await_event"
    DROP_CONDITION = "drop_condition"
    CLOSE_TOGETHER = "close_together"
    RAISE_AUTHORITY = "raise_authority"
