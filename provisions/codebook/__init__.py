"""The words for people: every vocabulary of the record and the rule with its labels, symbols and definitions.

Pages, the API's code lists and the method page take them from here, and in the order in which they stand here.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from django.db.models import Choices

from parties.models import PublishedBasis, SourceKind
from provisions.models import Basis, ChangeKind, DisputeStatus, Outcome, Resource, Seen, Via

from . import rule
from .code import Code
from .concordance import ABSENCES, FATES, PLACES, RELATIONS
from .implementing import IMPLEMENTATION
from .precedents import PAM, PAX

__all__ = ["VOCABULARIES", "Code", "code"]


def _of_choices(choices: type[Choices]) -> tuple[Code, ...]:
    """The codes of an enum that has its labels with it."""
    return tuple(Code(member, member.label) for member in choices)


VOCABULARIES: dict[str, tuple[Code, ...]] = {
    "stance": rule.STANCES,
    "reading": rule.READINGS,
    "reading_class": rule.READING_CLASSES,
    "level": rule.LEVELS,
    "gone": rule.GONE,
    "authority": rule.AUTHORITIES,
    "provenance": rule.PROVENANCES,
    "change": rule.CHANGES,
    "relation": RELATIONS,
    "fate": FATES,
    "absence": ABSENCES,
    "place": PLACES,
    "carried": rule.CARRIED,
    "role": rule.ROLES,
    "kind": rule.KINDS,
    "condition_kind": rule.CONDITION_KINDS,
    "condition_state": rule.CONDITION_STATES,
    "event_state": rule.EVENT_STATES,
    "precision": rule.PRECISIONS,
    "phase": rule.PHASES,
    "flag": rule.FLAGS,
    "alarm": rule.ALARMS,
    "confidence": rule.CONFIDENCES,
    "doubt": rule.DOUBTS,
    "move": rule.MOVES,
    "basis": _of_choices(Basis),
    "seen": _of_choices(Seen),
    "outcome": _of_choices(Outcome),
    "implementation": IMPLEMENTATION,
    "dispute_status": _of_choices(DisputeStatus),
    "resource": _of_choices(Resource),
    "change_kind": _of_choices(ChangeKind),
    "via": _of_choices(Via),
    "source_kind": _of_choices(SourceKind),
    "published_basis": _of_choices(PublishedBasis),
    "pax": PAX,
    "pam": PAM,
}

_BY_VALUE = {name: {each.value: each for each in codes} for name, codes in VOCABULARIES.items()}
_VOCABULARY_OF = {
    type(each.value): name for name, codes in VOCABULARIES.items() for each in codes if isinstance(each.value, Enum)
}


def code(value: Any, *, vocabulary: str = "") -> Code:
    """The code of a word. A member of an enum knows its vocabulary; a plain value has to be told which it is of."""
    name = vocabulary or _VOCABULARY_OF[type(value)]
    return _BY_VALUE[name][value]
