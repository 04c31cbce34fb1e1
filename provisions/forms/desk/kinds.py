"""Which form each kind of thing has."""

from __future__ import annotations

from provisions.models import Resource

from .base import ThingForm
from .beside import CompanionForm, DisputeForm, EventForm, SourceForm
from .implementing import ImplementationForm
from .lines import CategoryForm, ProvisionForm, TopicForm
from .plans import PartyForm, PlanForm, RevisionForm
from .relations import RelationForm
from .words import RulingForm, SilenceForm, WordingForm

FORMS: dict[Resource, type[ThingForm]] = {
    form.resource: form
    for form in (
        WordingForm,
        RulingForm,
        ProvisionForm,
        CategoryForm,
        TopicForm,
        EventForm,
        SourceForm,
        CompanionForm,
        DisputeForm,
        SilenceForm,
        RelationForm,
        ImplementationForm,
        PlanForm,
        PartyForm,
        RevisionForm,
    )
}
# What is added by itself: under a slug made of its title, as a pair of words, or as a line and a day.
ADDED = (*(resource for resource, form in FORMS.items() if form.slugged), Resource.RELATION, Resource.IMPLEMENTATION)
# What is said of words that are there, and begins with the first version.
SAID_OF_WORDS = (Resource.RULING, Resource.SILENCE_PROCEDURE)

__all__ = ["ADDED", "FORMS", "SAID_OF_WORDS"]
