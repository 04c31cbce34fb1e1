"""The record: plan, text, what was said of it, what stands beside it, and the log."""

from .base import VersionQuerySet
from .beside import Companion, Dispute, DisputeStatus, Figure, RivalClaim
from .concordance import Relation, RelationKind
from .drafts import Draft
from .filters import FilteredPage, SavedFilter
from .implementing import Implementation, ImplementationLevel, ImplementationVersion
from .imports import Import, ImportedFiles, ImportState
from .jobs import Heartbeat, Setback
from .log import Change, ChangeKind, LineAssessment, PlanAssessment, Resource, Via, moment_after_the_log
from .people import DeskRole, Membership, Opened
from .plan import Category, Plan, PlanParty, PlanVersion, Topic
from .proposing import FourEyes, Proposal, ProposalStatus
from .said import (
    Condition,
    ConditionKind,
    Event,
    EventStateVersion,
    Evidence,
    Look,
    Position,
    Retraction,
    Ruling,
    SilenceProcedure,
)
from .text import (
    Basis,
    Outcome,
    Provision,
    ProvisionRole,
    ProvisionVersion,
    Removal,
    Revision,
    RevisionVersion,
    Seen,
    Variant,
    Wording,
    WordingVersion,
)

__all__ = [
    "Basis",
    "Category",
    "Change",
    "ChangeKind",
    "Companion",
    "Condition",
    "ConditionKind",
    "DeskRole",
    "Dispute",
    "DisputeStatus",
    "Draft",
    "Event",
    "EventStateVersion",
    "Evidence",
    "Figure",
    "FilteredPage",
    "FourEyes",
    "Heartbeat",
    "Implementation",
    "ImplementationLevel",
    "ImplementationVersion",
    "Import",
    "ImportState",
    "ImportedFiles",
    "LineAssessment",
    "Look",
    "Membership",
    "Opened",
    "Outcome",
    "Plan",
    "PlanAssessment",
    "PlanParty",
    "PlanVersion",
    "Position",
    "Proposal",
    "ProposalStatus",
    "Provision",
    "ProvisionRole",
    "ProvisionVersion",
    "Relation",
    "RelationKind",
    "Removal",
    "Resource",
    "Retraction",
    "Revision",
    "RevisionVersion",
    "RivalClaim",
    "Ruling",
    "SavedFilter",
    "Seen",
    "Setback",
    "SilenceProcedure",
    "Topic",
    "Variant",
    "VersionQuerySet",
    "Via",
    "Wording",
    "WordingVersion",
    "moment_after_the_log",
]
