"""The method in the order of the rule: what each part of it says, and the words that belong there.

The method page and docs/codebook/words.md are written from this. A vocabulary that no part names stands in the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from provisions.agreement.reading import CLASSES
from provisions.agreement.words import Reading, ReadingClass

from .code import Code, Text


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the method. Parts that are a section of rule AS-1 have its number."""

    slug: str
    title: Text
    says: tuple[Text, ...]
    vocabularies: tuple[str, ...] = ()
    section: int | None = None


PARTS = (
    Part(
        "record",
        _("What counts"),
        (
            _(
                "The level of a line answers one question: have the parties whose consent matters consented to these "
                "words? Nothing is weighted and nothing is averaged. Four acceptances and a veto are a veto."
            ),
            _(
                "A thing counts from the moment it was put on record until something replaced it. What is recorded "
                "later never changes an earlier moment, so any past day can be looked at as it was known then. Where "
                "only the month or the year of a word is known, consent counts once the whole period is over, and an "
                "objection as soon as it begins."
            ),
            _(
                "Words are the same if they agree to the letter, apart from numbers at their head and the way they "
                "are set; or if an analyst ruled, with a reason, that a change alters no meaning."
            ),
        ),
        ("provenance", "seen", "change", "kind", "basis", "precision"),
        1,
    ),
    Part(
        "reading",
        _("How a party reads on a line"),
        (
            _(
                "The essential parties of a line are the plan's principals, those that the line binds and those that "
                "vouch for it, unless an analyst named others with a reason. What all others say is shown and moves "
                "nothing."
            ),
            _(
                "Below the plan's threshold of authority nothing counts, nor does what one party says about another: "
                "both are shown as claims."
            ),
            _(
                "A later word replaces an earlier one if its authority is at least as high, or if it is less "
                "consenting. Where words of one day tie and differ, the less consenting one stands."
            ),
            _(
                "When words change in substance, consent to the earlier ones lapses and reads as stale, and an "
                "objection stands until it is withdrawn."
            ),
            _(
                "Nobody consents by silence, with two exceptions that always show: a silence procedure that nobody "
                "broke, and a party that is nothing but a beneficiary and said nothing of its own."
            ),
            _("Where the words of a text were not seen, every consent reads as one in principle."),
            _("Consent to a whole text is consent to each of its lines. A refusal of the whole is told once."),
        ),
        ("stance", "reading", "reading_class", "authority", "role", "carried", "flag"),
        2,
    ),
    Part(
        "level",
        _("The level of a line"),
        (
            _(
                "The clauses are tried from the bottom of the table upwards, over the essential parties. The first "
                "that fits is the level."
            ),
            _(
                "Beside it stand the counts of the four classes, and how many of the essential parties consent at "
                "least and at most, as long as nobody takes a rejection back."
            ),
        ),
        ("level", "gone", "alarm"),
        3,
    ),
    Part(
        "conditions",
        _("Conditions"),
        (
            _(
                "Levels are worked out from all conditions unmet upwards, which is the careful answer. Lines that "
                "wait for each other in a circle are a package: they close only together."
            ),
        ),
        ("condition_kind", "condition_state", "event_state"),
        4,
    ),
    Part(
        "plan",
        _("Category and plan"),
        (
            _(
                "A category is no better than the weakest of its live operative lines. It shows how many lines stand "
                "at each level and how many are closed, ad referendum or better. There is no percentage of agreement, "
                "on purpose: one veto among three consents must not look like three quarters of a peace."
            ),
            _(
                "Until every principal has accepted the whole text, every level is provisional: nothing is agreed "
                "until everything is agreed. The first six phases follow from the levels; the others are recorded by "
                "an analyst, with evidence."
            ),
        ),
        ("phase",),
        5,
    ),
    Part(
        "confidence",
        _("Confidence"),
        (
            _(
                "How sure the record lets one be: high, less one step for each reason below, and never less than low. "
                "A level is as sure as the least sure of the parties that decide it. Confidence never changes a level."
            ),
        ),
        ("confidence", "doubt"),
        6,
    ),
    Part(
        "moves",
        _("What it would take"),
        (
            _(
                "The fewest moves that lift a line at all, and those that lift it to agreed. The keystone is the line "
                "that, taken as agreed, lifts the most others. No party is expected to make any of them."
            ),
        ),
        ("move",),
        7,
    ),
    Part(
        "texts",
        _("Texts beside each other"),
        (
            _(
                "Lines live through renumbering. Where no lineage says how words of one text stand to words of "
                "another, an analyst's reading does."
            ),
        ),
        ("relation", "fate", "absence", "place", "outcome"),
    ),
    Part(
        "implementation",
        _("Implementation after signature"),
        (
            _(
                "Once a text is signed, an analyst can say of its lines how far they were carried out: in four steps, "
                "each from a day on and with its sources. The steps are those of the Peace Accords Matrix of Joshi, "
                "Quinn and Regan, in words of our own. Nothing is averaged, and there is no percentage."
            ),
            _(
                "A text counts as signed once every principal has accepted the whole of it with a voice that is its "
                "own and authoritative, two of them formally. What is said later takes no signature back."
            ),
            _(
                "Of several levels from one day the lowest stands. A level that is lower than the one that held until "
                "then is a reversal; it is worked out from the history, and nobody enters it."
            ),
            _(
                "Implementation says nothing of agreement and agreement nothing of implementation: no level of "
                "agreement moves by it."
            ),
        ),
        ("implementation",),
    ),
    Part(
        "sources",
        _("Sources and the log"),
        (
            _(
                "Each wording and each word of a party rests on sources. A grade has a letter, A to F, for how far "
                "the source can be relied on, and a figure, 1 to 6, for how far the report can be believed."
            ),
            _("Everything that is put on record is one numbered change with its author and reason, and stays there."),
        ),
        ("source_kind", "published_basis", "dispute_status", "resource", "change_kind", "via"),
    ),
)

TITLES: dict[str, Text] = {
    "provenance": _("How the words of a text are known"),
    "seen": _("How much of the words was seen"),
    "change": _("What words are to earlier ones"),
    "kind": _("Kinds of lines"),
    "basis": _("Who placed a line or gave a role"),
    "precision": _("How exactly a day is known"),
    "stance": _("Stances: what a party says"),
    "reading": _("Readings: how that reads on the current words"),
    "reading_class": _("Classes of readings"),
    "authority": _("Authority, the lowest first"),
    "role": _("Roles of a party at a line"),
    "carried": _("How a word reaches the current words"),
    "flag": _("Flags"),
    "level": _("Levels, the closest to agreement first"),
    "gone": _("Lines that are gone"),
    "alarm": _("Alarm"),
    "condition_kind": _("What a condition can wait for"),
    "condition_state": _("How a condition stands"),
    "event_state": _("How an event stands"),
    "phase": _("Phases of a plan"),
    "confidence": _("Confidence"),
    "doubt": _("What lowers it"),
    "move": _("Moves"),
    "relation": _("Relations between wordings"),
    "fate": _("What became of a line from one text to another"),
    "absence": _("Why a text has no words of a line"),
    "place": _("Words that are compared with none"),
    "outcome": _("What became of a line that is gone"),
    "implementation": _("Levels of implementation, after the Peace Accords Matrix"),
    "source_kind": _("Kinds of sources"),
    "published_basis": _("How the day of publication is known"),
    "dispute_status": _("Conflicting claims"),
    "resource": _("What the log speaks of"),
    "change_kind": _("What happened to it"),
    "via": _("By which door it came"),
    "pax": _("Issue codes of the Peace Agreements Database (PA-X)"),
    "pam": _("Types of provisions of the Peace Accords Matrix (PAM)"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A vocabulary as the method shows it."""

    name: str
    title: Text
    codes: tuple[Code, ...]

    @property
    def defined(self) -> bool:
        """Whether any of its words needs more than its label to be understood."""
        return any(code.definition for code in self.codes)


def parts(vocabularies: dict[str, tuple[Code, ...]]) -> Iterator[tuple[Part, list[Words]]]:
    """The parts of the method with all vocabularies, each of them once."""
    named = {name for part in PARTS for name in part.vocabularies}
    rest = tuple(name for name in vocabularies if name not in named)
    for part in PARTS:
        names = (*part.vocabularies, *rest) if part is PARTS[-1] else part.vocabularies
        yield part, [Words(name, TITLES.get(name, name.replace("_", " ")), vocabularies[name]) for name in names]


def class_of(reading: Reading) -> ReadingClass:
    """The class that a reading counts in; that of a conditional one while a condition is unmet."""
    return ReadingClass.PARTIAL if reading is Reading.CONDITIONAL else CLASSES.get(reading, ReadingClass.UNKNOWN)
