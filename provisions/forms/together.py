"""What is asked where several positions are retracted or read elsewhere: why, and in which source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from provisions.contents import EvidenceContent, SourceContent
from provisions.record import Stale, Unknown

from .fields import dress, problems
from .rows import EvidenceRows, EvidenceSet, NewSourceForm, typed_rows


class TogetherForm(forms.Form):
    """One reason for all of them."""

    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_("One for all of them. What was wrong with them; they stay readable with this reason."),
        error_messages={"required": _("Say why; the log keeps the reason.")},
    )

    def __init__(
        self,
        *,
        data: Mapping[str, Any] | None = None,
        typed: Mapping[str, Any] | None = None,
        saving: bool = False,
        more: str = "",
    ) -> None:
        """`typed` is what was filled in so far and is not to be checked yet; to look at it takes no reason."""
        super().__init__(data, initial=_initial(typed, self.base_fields))
        self.fields["reason"].required = saving
        dress(self)

    @property
    def problems(self) -> list[tuple[str, str]]:
        return problems(self)

    @property
    def can_be_looked_at(self) -> bool:
        """Whether enough is filled in to say what it would do."""
        return True

    @property
    def evidence_content(self) -> tuple[EvidenceContent, ...]:
        return ()

    @property
    def new_source(self) -> SourceContent | None:
        return None

    def refuse(self, error: ValidationError | Unknown | Stale) -> None:
        """Show what the writer refused."""
        told = error.messages if isinstance(error, ValidationError) else [f"{error}.".capitalize()]
        for message in told:
            self.add_error(None, message)


class ReadElsewhereForm(TogetherForm):
    """One reason for all of them, and the source that takes the place of others."""

    instead_of = forms.ChoiceField(
        required=False,
        label=_("It takes the place of"),
        help_text=_("Other sources that a position names stay, unless all are replaced."),
    )
    field_order = ("instead_of", "reason")

    def __init__(
        self,
        *,
        named: Iterable[tuple[str, str]],
        data: Mapping[str, Any] | None = None,
        typed: Mapping[str, Any] | None = None,
        saving: bool = False,
        more: str = "",
    ) -> None:
        """`named` are the sources on which the positions rest."""
        super().__init__(data=data, typed=typed, saving=saving)
        self.fields["instead_of"].choices = [("", _("all sources that they name")), *named]  # type: ignore[attr-defined]
        rows = typed_rows(typed, "evidence", ("source", "grade")) if typed is not None else []
        if more == "evidence":
            rows.append({})
        self.evidence = cast("EvidenceRows", EvidenceSet(data, prefix="evidence", initial=rows))
        self.source = NewSourceForm(
            data, prefix="source", initial=_initial(typed, NewSourceForm.base_fields, prefix="source-")
        )

    def is_valid(self) -> bool:
        """Whether a source is named, and all is filled in as it should be."""
        checks = [super().is_valid(), self.evidence.is_valid(), self.source.is_valid()]
        if not self.source.given and not any(row.has_changed() for row in self.evidence):
            self.evidence.forms[0].add_error("source", str(_("Enter the source in which they are read.")))
        return all(checks) and not self.problems

    @property
    def problems(self) -> list[tuple[str, str]]:
        told = [("", str(error)) for error in self.evidence.non_form_errors()]
        return [*problems(*self.evidence.forms, self.source, self), *told]

    @property
    def can_be_looked_at(self) -> bool:
        return self.evidence.is_valid() and self.source.is_valid() and "instead_of" not in self.errors

    @property
    def source_open(self) -> bool:
        """Whether a new source is being described, so that its part of the page is open."""
        return any(field.value() for field in self.source) or bool(self.source.errors)

    @property
    def new_source(self) -> SourceContent | None:
        return self.source.content if self.source.given else None

    @property
    def evidence_content(self) -> tuple[EvidenceContent, ...]:
        found = self.evidence.content
        if self.new_source:
            found.append(EvidenceContent(source=self.new_source.slug, grade=self.source.cleaned_data["grade"]))
        return tuple({each.source: each for each in found}.values())


def _initial(typed: Mapping[str, Any] | None, names: Iterable[str], *, prefix: str = "") -> dict[str, Any]:
    return {name: typed.get(f"{prefix}{name}", "") for name in names} if typed is not None else {}
