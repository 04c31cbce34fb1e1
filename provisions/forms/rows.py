"""The parts of a position: conditions and evidence, of which there can be several, and a source that is new."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.db.models import Q
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from parties.models import Source, SourceKind
from provisions.agreement.words import Level
from provisions.codebook import VOCABULARIES
from provisions.contents import ConditionContent, EvidenceContent, SourceContent
from provisions.models import ConditionKind
from provisions.models.said import GRADE

from .fields import dress, offer

MOST_ROWS = 12
Choices = Sequence[tuple[str, str]]


class ConditionForm(forms.Form):
    """One condition of a conditional stance. A row that is left empty says nothing."""

    kind = forms.ChoiceField(required=False, label=_("Kind of condition"))
    line = forms.ChoiceField(required=False, label=_("Line"))
    level = forms.ChoiceField(required=False, label=_("Level to reach"))
    event = forms.ChoiceField(required=False, label=_("Event"))

    needs = {
        ConditionKind.PROVISION_REACHES: {
            "line": _("Choose the line that has to reach a level."),
            "level": _("Choose the level that it has to reach."),
        },
        ConditionKind.PROVISION_ABSENT: {"line": _("Choose the line that has to be absent.")},
        ConditionKind.EVENT_MET: {"event": _("Choose the event that has to be met.")},
    }

    def __init__(self, *args: Any, lines: Choices, events: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", [(each.value, each.label) for each in VOCABULARIES["condition_kind"]])
        offer(self, "line", lines)
        offer(self, "level", [(each.value, each.label) for each in VOCABULARIES["level"] if _can_be_asked(each.value)])
        offer(self, "event", events)
        dress(self)

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        if kind := asked.get("kind"):
            for name, remedy in self.needs[kind].items():
                if not asked.get(name):
                    self.add_error(name, remedy)
        elif any(asked.values()):
            self.add_error("kind", _("Choose the kind of condition."))
        return asked

    @property
    def content(self) -> ConditionContent | None:
        """The condition, with what its kind needs and nothing else."""
        asked = self.cleaned_data
        if not (kind := asked.get("kind")):
            return None
        needed = {name: asked[name] for name in self.needs[kind]}
        return ConditionContent(
            kind=ConditionKind(kind),
            provision=needed.get("line"),
            level=needed.get("level", ""),
            event=needed.get("event"),
        )


def _can_be_asked(level: Level) -> bool:
    return level.rank >= Level.AGREED_IN_PRINCIPLE.rank


class EvidenceForm(forms.Form):
    """A source on record, and how good the report is. A row that is left empty says nothing."""

    source = forms.CharField(required=False, max_length=1000, label=_("Source"))
    grade = forms.CharField(required=False, max_length=2, label=_("Grade"), validators=[GRADE])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self)
        self.fields["source"].widget.attrs["list"] = "sources"


class EvidenceRows(BaseFormSet):
    """The rows of evidence; each names a source by its number or its address."""

    def clean(self) -> None:
        """Find the sources of all rows at once."""
        named = {row: row.cleaned_data.get("source", "").strip() for row in self.forms if row.is_valid()}
        wanted = set(named.values()) - {""}
        known = known_sources(wanted)
        seen: set[str] = set()
        for row, name in named.items():
            slug = known.get(name)
            if name and slug is None:
                row.add_error(
                    "source",
                    _("“%(name)s” is not a source on record. Describe it below as a new source.") % {"name": name},
                )
            elif slug in seen:
                row.add_error("source", _("This source is named twice."))
            elif slug is not None:
                seen.add(slug)
                row.cleaned_data["slug"] = slug
            elif row.cleaned_data.get("grade"):
                row.add_error("source", _("Name the source that this grade is for."))

    @property
    def content(self) -> list[EvidenceContent]:
        """The evidence of the rows that name a source."""
        filled = [row.cleaned_data for row in self.forms if row.cleaned_data.get("slug")]
        return [EvidenceContent(source=row["slug"], grade=row.get("grade", "")) for row in filled]


def known_sources(wanted: Collection[str]) -> dict[str, str]:
    """The id of each source that is on record, by its id and by its address."""
    rows = Source.objects.filter(Q(slug__in=wanted) | Q(url__in=wanted)) if wanted else Source.objects.none()
    return {key: slug for slug, url in rows.values_list("slug", "url") for key in (slug, url) if key}


class NewSourceForm(forms.Form):
    """A publication that is not on record yet. Left empty, it is none."""

    title = forms.CharField(required=False, max_length=400, label=_("Title"), help_text=_("As the page gives it."))
    publisher = forms.CharField(required=False, max_length=200, label=_("Publisher"), help_text=_("Who published it."))
    url = forms.URLField(
        required=False, max_length=1000, label=_("Address"), help_text=_("Begins with https://."), assume_scheme="https"
    )
    kind = forms.ChoiceField(required=False, label=_("Kind"), help_text=_("What kind of publisher it is."))
    grade = forms.CharField(
        required=False, max_length=2, label=_("Grade"), help_text=_("A1 to F6, or nothing."), validators=[GRADE]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", SourceKind.choices)
        dress(self)

    @property
    def given(self) -> bool:
        """Whether anything of a new source was filled in."""
        return self.has_changed()

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        if any(asked.values()):
            remedies = {
                "title": _("Enter the title of the new source."),
                "url": _("Enter the address of the new source."),
                "kind": _("Choose the kind of the new source."),
            }
            for name, remedy in remedies.items():
                if not asked.get(name) and name not in self.errors:
                    self.add_error(name, remedy)
        return asked

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if url and urlsplit(url).scheme not in ("http", "https"):
            raise forms.ValidationError(_("The address has to begin with https:// or http://."))
        return url

    @property
    def content(self) -> SourceContent:
        """The source. Its id follows from its address, so that the same page is not recorded twice."""
        asked = self.cleaned_data
        name = slugify(asked["publisher"] or urlsplit(asked["url"]).hostname or "source")[:40]
        mark = hashlib.sha256(asked["url"].encode()).hexdigest()[:8]
        return SourceContent(
            slug=f"{name}-{mark}",
            title=asked["title"],
            publisher=asked["publisher"],
            url=asked["url"],
            accessed=timezone.now().date(),
            kind=asked["kind"],
        )


ConditionRows = formset_factory(ConditionForm, extra=0, min_num=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
EvidenceSet = formset_factory(
    EvidenceForm, formset=EvidenceRows, extra=0, min_num=1, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)


def typed_rows(data: Any, prefix: str, names: Iterable[str]) -> list[dict[str, str]]:
    """What was typed into rows, and nothing checked: to show the same again with one more."""
    count = data.get(f"{prefix}-TOTAL_FORMS", "1")
    rows = min(int(count), MOST_ROWS) if count.isdecimal() else 1
    return [{name: data.get(f"{prefix}-{n}-{name}", "") for name in names} for n in range(rows)]
