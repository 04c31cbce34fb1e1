"""The vocabularies of rule AS-1, in the order in which they are shown."""

from django.utils.translation import gettext_lazy as _

from provisions.agreement.words import (
    Alarm,
    Authority,
    Carried,
    ConditionKind,
    ConditionState,
    Confidence,
    Doubt,
    EventState,
    Flag,
    Gone,
    Kind,
    Level,
    Move,
    Phase,
    Precision,
    Provenance,
    Reading,
    ReadingClass,
    Role,
    Stance,
    WordingChange,
)

from .code import Code

STANCES = (
    Code(Stance.REJECT, _("Rejects"), _("Objects to these words."), "", "g-o", "k4"),
    Code(Stance.RESERVE, _("Reserves"), _("Holds its position back, or asks for other words."), "", "g-h", "k3"),
    Code(Stance.IN_PRINCIPLE, _("In principle"), _("Accepts the idea, not yet the words."), "", "g-p", "k2"),
    Code(
        Stance.CONDITIONAL,
        _("On a condition"),
        _("Accepts these words if a line, an event or an absence comes true."),
        _("Conditional"),
        "g-c",
        "k2",
    ),
    Code(Stance.NO_OBJECTION, _("No objection"), _("Does not object to these words."), "", "g-n", "k1"),
    Code(Stance.ACCEPT, _("Accepts"), _("Accepts these words."), "", "g-a", "k1"),
    Code(
        Stance.ABSTAIN,
        _("Abstains"),
        _("Says that it takes no side; reads as a reserve for an essential party."),
        "",
        "g-b",
        "k5",
    ),
)

READINGS = (
    Code(Reading.ACCEPT, _("Accepts"), _("Accepts these words."), "", "g-a", "k1"),
    Code(Reading.NO_OBJECTION, _("No objection"), _("Does not object to these words."), "", "g-n", "k1"),
    Code(
        Reading.PRESUMED,
        _("Presumed"),
        _("A mere beneficiary that said nothing is taken to consent."),
        "",
        "g-m",
        "k1",
    ),
    Code(
        Reading.CONDITIONAL,
        _("Accepts on a condition"),
        _("Accepts if a line, an event or an absence comes true."),
        _("Conditional"),
        "g-c",
        "k2",
    ),
    Code(Reading.IN_PRINCIPLE, _("In principle"), _("Accepts the idea, not yet the words."), "", "g-p", "k2"),
    Code(Reading.RESERVE, _("Reserves its position"), _("Holds its position back."), _("Reserves"), "g-h", "k3"),
    Code(Reading.ABSTAIN, _("Abstains"), _("Says that it takes no side."), "", "g-b", "k5"),
    Code(
        Reading.STALE,
        _("Stale, given on an earlier wording"),
        _("Consented to earlier words, which have changed since."),
        _("Stale"),
        "g-s",
        "k5",
    ),
    Code(
        Reading.CLAIMED,
        _("Claimed, only others say so"),
        _("Only others, or unnamed voices, say where it stands."),
        _("Claimed"),
        "g-q",
        "k5",
    ),
    Code(Reading.SILENT, _("Silent"), _("Nothing on record. Silence is not consent."), "", "g-u", "k5"),
    Code(Reading.REJECT, _("Rejects"), _("Objects to these words."), "", "g-o", "k4"),
)

READING_CLASSES = (
    Code(ReadingClass.CONSENT, _("consent"), _("Consents to these words."), tone="k1"),
    Code(ReadingClass.PARTIAL, _("partial"), _("Consents to a part, or once a condition is met."), tone="k2"),
    Code(ReadingClass.UNKNOWN, _("unknown"), _("Has no word of its own on these words, or holds back."), tone="k5"),
    Code(ReadingClass.REJECT, _("reject"), _("Refuses these words."), tone="k4"),
)

LEVELS = (
    Code(
        Level.AGREED,
        _("Agreed"),
        _("All essential parties consent, each by a head of state or government, a minister or an official text."),
        "",
        "t-agreed",
        "k1",
        "f1",
    ),
    Code(
        Level.AGREED_AD_REFERENDUM,
        _("Agreed ad referendum"),
        _("All essential parties consent, some by their negotiators only."),
        _("Ad referendum"),
        "t-adref",
        "k1",
        "p-adref",
    ),
    Code(
        Level.AGREED_CONDITIONALLY,
        _("Agreed conditionally"),
        _("Some essential party sets a condition that is not met yet."),
        _("Conditionally"),
        "t-cond",
        "k2",
        "f2",
    ),
    Code(
        Level.AGREED_IN_PRINCIPLE,
        _("Agreed in principle"),
        _("Some essential party accepts the idea, not yet the words."),
        _("In principle"),
        "t-prin",
        "k2",
        "p-prin",
    ),
    Code(
        Level.OPEN,
        _("Open"),
        _("Some essential party is silent, claimed, stale or holds back."),
        "",
        "t-open",
        "k3",
        "p-ochre",
    ),
    Code(
        Level.UNADDRESSED,
        _("Unaddressed"),
        _("Every essential party is silent, or only others say where it stands."),
        "",
        "t-unadd",
        "k5",
        "p-hatch",
    ),
    Code(
        Level.CONTESTED,
        _("Contested"),
        _("Some essential party rejects the words."),
        "",
        "t-contested",
        "k4",
        "p-brick",
    ),
    Code(
        Level.REJECTED,
        _("Rejected"),
        _("Every essential party rejects the words."),
        "",
        "t-rejected",
        "k4",
        "p-rej",
    ),
)

# The clauses of the rule, in its own words.
CLAUSES = {
    Level.REJECTED: _("every essential party rejects"),
    Level.CONTESTED: _("some essential party rejects"),
    Level.UNADDRESSED: _("every essential party is silent or claimed"),
    Level.OPEN: _("some essential party is in class unknown"),
    Level.AGREED_IN_PRINCIPLE: _("some is in_principle"),
    Level.AGREED_CONDITIONALLY: _("some is conditional with an unmet condition"),
    Level.AGREED_AD_REFERENDUM: _("all consent, some at authority below 3"),
    Level.AGREED: _("all consent at authority 3 or more"),
}

GONE = (
    Code(
        Gone.WITHDRAWN,
        _("Withdrawn"),
        _("The line has no words in this text any more. Outside the ladder."),
        "",
        "t-withdrawn",
    ),
    Code(
        Gone.SUCCEEDED,
        _("Succeeded"),
        _("The words go on in other lines of this text. Outside the ladder."),
        "",
        "t-succeeded",
    ),
)

AUTHORITIES = (
    Code(Authority.ATTRIBUTED, _("Attributed"), _("Another party says so.")),
    Code(Authority.REPORTED, _("Reported"), _("Unnamed officials, the press or a leaked paper.")),
    Code(Authority.NEGOTIATOR, _("Negotiator"), _("A named envoy, aide or negotiator, ad referendum.")),
    Code(
        Authority.AUTHORITATIVE,
        _("Authoritative"),
        _("A head of state or government, a minister or an official text."),
    ),
    Code(Authority.FORMAL, _("Formal"), _("Initialled or signed.")),
)

PROVENANCES = (
    Code(Provenance.OFFICIAL, _("Official text"), _("The parties published the text.")),
    Code(Provenance.LEAKED, _("Leaked, no official text"), _("The press published a draft."), _("leaked")),
    Code(Provenance.READ_OUT, _("Read out, no official text"), _("A party read the text out."), _("read out")),
    Code(
        Provenance.REPORTED,
        _("Text not seen"),
        _("Only what the press was told of the text is known."),
        _("text not seen"),
    ),
    Code(
        Provenance.ANNOUNCED,
        _("Announced, text not seen"),
        _("Only that there is a text is known."),
        _("announced, text not seen"),
    ),
)

# What a line's words are to earlier ones, on the board and in the lineage ribbon.
CHANGES = (
    Code(WordingChange.IDENTICAL, _("Same words"), _("The same words, to the letter."), _("Same"), "c-same"),
    Code(
        WordingChange.EDITORIAL,
        _("Same in substance"),
        _("An analyst ruled that the change alters no meaning."),
        _("Same"),
        "c-same",
    ),
    Code(WordingChange.SUBSTANTIVE, _("Modified"), _("The words changed in substance."), "", "c-mod"),
    Code(WordingChange.SPLIT, _("Split"), _("Made out of a part of an earlier line."), "", "c-split"),
    Code(WordingChange.MERGED, _("Merged"), _("Made out of several earlier lines."), "", "c-merge"),
    Code("removed", _("Removed"), _("No longer in the text."), "", "c-rem"),
    Code(WordingChange.ADDED, _("Added"), _("Not in the earlier text."), "", "c-add"),
)

CARRIED = (
    Code(Carried.SAME, _("on these words")),
    Code(Carried.IDENTICAL, _("on the same words, in an earlier text")),
    Code(Carried.EDITORIAL, _("on earlier words that are ruled the same in substance")),
    Code(Carried.EARLIER, _("on earlier words")),
    Code(Carried.REVISION, _("on this text as a whole")),
    Code(Carried.NONE, _("by no word of its own")),
)

ROLES = (
    Code(Role.OBLIGOR, _("bound by it"), _("The line binds this party.")),
    Code(Role.GUARANTOR, _("guarantor"), _("This party vouches for the line.")),
    Code(Role.BENEFICIARY, _("beneficiary"), _("The line is for this party's good.")),
    Code(Role.VERIFIER, _("verifier"), _("This party checks that the line is kept.")),
    Code(Role.AFFECTED, _("affected"), _("The line touches this party and does not bind it.")),
    Code(Role.OBSERVER, _("observer"), _("This party looks on.")),
)

KINDS = (
    Code(Kind.OPERATIVE, _("operative"), _("The line binds.")),
    Code(Kind.PREAMBULAR, _("preambular"), _("The line introduces, and is counted apart.")),
)

CONDITION_KINDS = (
    Code(ConditionKind.PROVISION_REACHES, _("A line reaches a level")),
    Code(ConditionKind.EVENT_MET, _("An event is met")),
    Code(ConditionKind.PROVISION_ABSENT, _("A line is absent from the text")),
)

CONDITION_STATES = (
    Code(ConditionState.UNMET, _("not met yet"), tone="k2"),
    Code(ConditionState.MET, _("met"), tone="k1"),
    Code(ConditionState.FAILED, _("failed"), tone="k4"),
)

EVENT_STATES = (
    Code(EventState.UNKNOWN, _("not known")),
    Code(EventState.UNMET, _("not met")),
    Code(EventState.MET, _("met")),
    Code(EventState.FAILED, _("failed")),
)

PRECISIONS = (
    Code(Precision.DAY, _("the day is known")),
    Code(Precision.MONTH, _("known to the month")),
    Code(Precision.YEAR, _("known to the year")),
)

PHASES = (
    Code(Phase.ANNOUNCED, _("Announced"), _("There is said to be a text; no words are on record.")),
    Code(Phase.TABLED, _("Tabled"), _("The text is there, and no party has spoken to it.")),
    Code(Phase.UNDER_NEGOTIATION, _("Under negotiation"), _("Some line is open, unaddressed or contested.")),
    Code(Phase.CLOSING, _("Closing"), _("Every line is agreed at least in principle.")),
    Code(Phase.CLOSED_AD_REFERENDUM, _("Closed ad referendum"), _("Every line is closed by negotiators.")),
    Code(Phase.AGREED, _("Agreed"), _("Every line is agreed, and each principal accepts the whole text.")),
    Code(Phase.INITIALLED, _("Initialled")),
    Code(Phase.SIGNED, _("Signed")),
    Code(Phase.IN_FORCE, _("In force")),
    Code(Phase.SUSPENDED, _("Suspended")),
    Code(Phase.SUPERSEDED, _("Superseded")),
    Code(Phase.LAPSED, _("Lapsed")),
    Code(Phase.REFUSED, _("Refused")),
)

# The flags of the rule, and what else a reader of the board filters by. `short` is what a board row says.
FLAGS = (
    Code("stale", _("Stale"), _("Consent was given on an earlier wording and lapsed when the words changed.")),
    Code("older_than_horizon", _("Older than the horizon"), _("The last word is older than the plan's horizon.")),
    Code("claimed", _("Claimed"), _("Others, or unnamed voices, say where a party stands. Not counted.")),
    Code(
        Flag.ON_EARLIER_WORDING,
        _("On earlier wording"),
        _("An objection was made to an earlier wording. It stands."),
    ),
    Code(
        Flag.DISPUTED_RECORD,
        _("Disputed record"),
        _("Two equal sources differ on what a party said; the less consenting reading stands."),
        _("disputed record"),
    ),
    Code(
        Flag.CLAIMED_SOFTENING,
        _("Claimed softening"),
        _("A lower voice said something more consenting later. The higher word stands."),
        _("claimed softening"),
    ),
    Code(
        Flag.OBJECTION_BY_NON_ESSENTIAL,
        _("Objection of a party that is not essential"),
        _("A party whose consent this line does not need objects or holds back."),
        _("others object"),
    ),
    Code(
        Flag.HARDENED_BY_LOWER,
        _("Hardened by a lower voice"),
        _("A later, lower voice was less consenting, and stands."),
    ),
    Code("carried_by_ruling", _("Carried by a ruling"), _("Consent was carried over a change ruled editorial.")),
    Code(
        Flag.TACIT,
        _("Tacit"),
        _("A silence procedure lapsed unbroken; it counts as no objection."),
        _("tacit"),
    ),
    Code(Flag.PRESUMED, _("Presumed"), _("A mere beneficiary that said nothing is taken to consent.")),
)

ALARMS = (
    Code(
        Alarm.AGREED_THEN_DROPPED,
        _("Agreed, then dropped"),
        _("The line was agreed in the last text that had it, and is gone from this one."),
        symbol="i-warn",
        tone="k4",
    ),
)

CONFIDENCES = (
    Code(Confidence.HIGH, _("high")),
    Code(Confidence.MEDIUM, _("medium")),
    Code(Confidence.LOW, _("low")),
)

DOUBTS = (
    Code(Doubt.DISPUTED_RECORD, _("Equal sources differ on what was said: low at once.")),
    Code(Doubt.EVIDENCE_BELOW_B2, _("The deciding evidence is graded below B2 (one step).")),
    Code(Doubt.ONE_SOURCE, _("A deciding word rests on one source (one step).")),
    Code(Doubt.CARRIED_BY_EDITORIAL_RULING, _("Consent is carried over by an editorial ruling (one step).")),
    Code(Doubt.PROVENANCE_NOT_OFFICIAL, _("There is no official text of these words (one step).")),
    Code(Doubt.PRESUMED, _("Consent is presumed, not stated (one step).")),
    Code(Doubt.TACIT, _("Consent is tacit, by a silence procedure (one step).")),
    Code(Doubt.OLDER_THAN_HORIZON, _("A deciding word is older than the horizon (one step).")),
)

MOVES = (
    Code(Move.WITHDRAW_OBJECTION, _("withdraws its objection")),
    Code(Move.STATE, _("states a position on the current wording")),
    Code(Move.RECONFIRM, _("re-confirms on the current wording")),
    Code(Move.SETTLE_WORDS, _("settles the words")),
    Code(Move.REACH, _("reaches a level")),
    Code(Move.AWAIT_EVENT, _("an event is met")),
    Code(Move.DROP_CONDITION, _("drops a condition")),
    Code(Move.CLOSE_TOGETHER, _("close together")),
    Code(Move.RAISE_AUTHORITY, _("repeats it with higher authority")),
)
