"""A position of a party on a line, as an analyst fills it in; and its retraction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from provisions.agreement.words import Authority, Stance
from provisions.board import PartyHead
from provisions.codebook import VOCABULARIES, code
from provisions.codebook.code import Text
from provisions.contents import ConditionContent, EvidenceContent, PositionContent, SourceContent, When
from provisions.models import Resource
from provisions.record import Stale, Unknown
from provisions.sheet import Sheet
from provisions.words import day_in_words

from .fields import SimpleForm, WhenField, dress, offer, problems
from .rows import ConditionRows, EvidenceRows, EvidenceSet, NewSourceForm, typed_rows

# What can be said several times, and what each row asks.
ROWS = {"condition": ("kind", "line", "level", "event"), "evidence": ("source", "grade")}


class PositionForm(forms.Form):
    """What a party said of the words of a line, or of a whole text; with its conditions, evidence and new source."""

    stance = forms.ChoiceField(
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the stance."), "invalid_choice": _("Choose one of these stances.")},
    )
    stated_on = WhenField(
        label=_("Said on"),
        help_text=_("24 Dec 2025; if only the month or year is known, Dec 2025 or 2025."),
        error_messages={"required": _("Enter the day on which it was said.")},
    )
    approximate = forms.BooleanField(required=False, label=_("The source gives the day only roughly"))
    speaker = forms.CharField(
        max_length=200,
        label=_("Speaker"),
        help_text=_("The name, as the source gives it."),
        error_messages={"required": _("Say who spoke.")},
    )
    speaker_role = forms.CharField(
        required=False, max_length=200, label=_("Office"), help_text=_("As of that day, as the source gives it.")
    )
    authority = forms.ChoiceField(
        label=_("Authority"), error_messages={"required": _("Choose with what authority it was said.")}
    )
    asserted_by = forms.ChoiceField(label=_("Said by"), help_text=_("Another party makes it a claim."))
    given_on = forms.ChoiceField(
        label=_("Given on this wording"), help_text=_("The text that the speaker had in view, or a whole text.")
    )
    summary = forms.CharField(
        max_length=4000,
        label=_("Summary"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two neutral sentences of your own. No adjectives that the speaker did not use."),
        error_messages={"required": _("Say in a sentence what was said.")},
    )
    thin = forms.BooleanField(required=False, label=_("The source shows only part of it, or little"))
    note = forms.CharField(
        required=False,
        max_length=2000,
        label=_("Note"),
        help_text=_("What readers should know of how it was recorded. Shown with the position. May be empty."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    # The key of the position that this one follows: what the same party said before.
    follows = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    reason = forms.CharField(
        max_length=500,
        label=_("Reason for the log"),
        help_text=_("Why this is added now. Readers of the log see it with your name."),
        error_messages={"required": _("Say why it is added; the log keeps the reason.")},
    )

    def __init__(
        self,
        *,
        sheet: Sheet,
        party: PartyHead,
        threshold: Authority,
        events: Sequence[tuple[str, str]],
        data: Mapping[str, Any] | None = None,
        typed: Mapping[str, Any] | None = None,
        more: str = "",
        followed: PositionContent | None = None,
    ) -> None:
        """`typed` is what was filled in so far and is not to be checked yet; `more` names the rows to add one to.

        `followed` is an earlier position of the party, whose voice a new form begins with.
        """
        begun = _voice_of(followed) if followed else None
        super().__init__(data, initial=_initial(typed, self.base_fields) or begun)
        self.sheet, self.party, self.followed = sheet, party, followed
        self._offer(threshold)
        dress(self)
        lines = [(row.slug, _numbered(row.number, row.title)) for row in sheet.board.rows if row.slug != sheet.row.slug]
        rows: dict[str, Any] = {name: typed and typed_rows(typed, name, fields) for name, fields in ROWS.items()}
        if more in rows:
            rows[more].append({})
        self.conditions = ConditionRows(
            data, prefix="condition", initial=rows["condition"], form_kwargs={"lines": lines, "events": events}
        )
        self.evidence = cast("EvidenceRows", EvidenceSet(data, prefix="evidence", initial=rows["evidence"]))
        self.source = NewSourceForm(
            data, prefix="source", initial=_initial(typed, NewSourceForm.base_fields, prefix="source-")
        )

    def _offer(self, threshold: Authority) -> None:
        board, me = self.sheet.board, self.party
        offer(self, "stance", [(each.value, each.brief) for each in VOCABULARIES["stance"]], choose=False)
        authorities = [(int(each.value), each) for each in VOCABULARIES["authority"]]
        offer(
            self, "authority", [(number, f"{number} {each.label}: {each.definition}") for number, each in authorities]
        )
        self.fields["authority"].help_text = _("Below “%(word)s” it is shown, not counted.") % {
            "word": str(code(threshold).label).lower()
        }
        others = [
            (party.slug, _("%(speaker)s, about %(party)s") % {"speaker": party.name, "party": me.name})
            for party in board.parties
            if party != me
        ]
        offer(self, "asserted_by", [(me.slug, _("%(party)s itself") % {"party": me.name}), *others], choose=False)
        offer(self, "given_on", self._texts(), choose=False)

    def _texts(self) -> list[tuple[str, str]]:
        """The words of the line, the current ones first; then the texts as a whole."""
        texts = self.sheet.worded[::-1]
        texts.sort(key=lambda text: not text.current)
        line, this_line = self.sheet.row.slug, _("this line")
        words = [
            (
                f"{text.revision.slug}/{line}",
                f"{_pointed(text.wording.number, text.revision.title)}: {text.wording.gist or this_line}",
            )
            for text in texts
            if text.wording
        ]
        whole = [
            (
                text.revision.slug,
                _("%(text)s, %(day)s, as a whole")
                % {"text": text.revision.title, "day": day_in_words(text.revision.dated)},
            )
            for text in texts
        ]
        return words + whole

    # ---- What was filled in ----

    @property
    def parts(self) -> list[forms.Form]:
        """The parts in the order of the page."""
        return [*self.conditions.forms, *self.evidence.forms, self.source]

    def is_valid(self) -> bool:
        """Whether everything is filled in as it should be, the parts included. All are checked, so that all is said."""
        checks = [super().is_valid(), self.conditions.is_valid(), self.evidence.is_valid(), self.source.is_valid()]
        self._check_together()
        return all(checks) and not self.problems

    def _check_together(self) -> None:
        """What one field says of another, as far as they are filled in."""
        stance, authority = self.cleaned_data.get("stance"), self.cleaned_data.get("authority")
        speaker = self.cleaned_data.get("asserted_by")
        conditions, named = any(row.has_changed() for row in self.conditions), self._names_a_source()
        if stance == Stance.CONDITIONAL and not conditions:
            self._say("conditions", _("Say on what it hangs."))
        if stance and stance != Stance.CONDITIONAL and conditions:
            self._say("conditions", _("Only a conditional stance has conditions."))
        if authority and int(authority) >= Authority.REPORTED and not named:
            self._say("evidence", _("Enter a source. A position cannot be saved without one."))
        if authority and speaker and speaker != self.party.slug and int(authority) != Authority.ATTRIBUTED:
            self.add_error("authority", _("What one party says of another is attributed."))

    def _names_a_source(self) -> bool:
        return self.source.given or any(row.has_changed() for row in self.evidence)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong, with the id of the control to mend."""
        told = [("", str(error)) for rows in (self.conditions, self.evidence) for error in rows.non_form_errors()]
        return [*problems(self, *self.parts), *told]

    @property
    def source_open(self) -> bool:
        """Whether a new source is being described, so that its part of the page is open."""
        return any(field.value() for field in self.source) or bool(self.source.errors)

    @property
    def new_source(self) -> SourceContent | None:
        return self.source.content if self.source.given else None

    def position(self, key: str) -> PositionContent:
        """The position, under a key."""
        asked = self.cleaned_data
        revision, _slash, line = asked["given_on"].partition("/")
        when = asked["stated_on"]
        return PositionContent(
            key=key,
            party=self.party.slug,
            asserted_by=asked["asserted_by"],
            revision=revision,
            provision=line or None,
            stance=Stance(asked["stance"]),
            authority=Authority(int(asked["authority"])),
            stated_on=When(when.day, when.precision, asked["approximate"]),
            speaker=asked["speaker"],
            speaker_role=asked["speaker_role"],
            summary=asked["summary"],
            thin=asked["thin"],
            conditions=tuple(self._conditions()),
            evidence=tuple(self._evidence()),
            follows=self.followed.key if self.followed else None,
            note=asked["note"],
        )

    def _conditions(self) -> list[ConditionContent]:
        return [content for row in self.conditions.forms if (content := row.content)]

    def _evidence(self) -> list[EvidenceContent]:
        found = self.evidence.content
        if self.source.given:
            found.append(EvidenceContent(source=self.source.content.slug, grade=self.source.cleaned_data["grade"]))
        return found

    def refuse(self, error: ValidationError | Unknown | Stale) -> None:
        """Show what the writer refused, at the control that it is about."""
        match error:
            case ValidationError():
                for name, messages in error.message_dict.items():
                    for message in messages:
                        self._say(name, message)
            case Unknown() if error.resource == Resource.SOURCE:
                self._say("evidence", f"{error}.".capitalize())
            case Unknown():
                self._say(
                    "",
                    _("%(problem)s. Somebody may have changed the plan; load the page again.")
                    % {"problem": str(error).capitalize()},
                )
            case Stale():
                self._say("", _("Somebody saved a position at this very moment. Press Save again."))

    def _say(self, name: str, message: Text) -> None:
        match name:
            case "evidence":
                self.evidence.forms[0].add_error("source", str(message))
            case "conditions":
                self.conditions.forms[0].add_error("kind", str(message))
            case "revision" | "provision":
                self.add_error("given_on", str(message))
            case _:
                self.add_error(name if name in self.fields else None, str(message))


class RetractionForm(SimpleForm):
    """Why a position is withdrawn from the record."""

    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_("What was wrong with it. The position stays readable with this reason, and counts nowhere."),
        error_messages={"required": _("Say why it is retracted.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, typed: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=_initial(typed, self.base_fields))


def _voice_of(followed: PositionContent) -> dict[str, Any]:
    """Who speaks, where nothing but what is said changes."""
    return {
        "follows": followed.key,
        "speaker": followed.speaker,
        "speaker_role": followed.speaker_role,
        "authority": int(followed.authority),
        "asserted_by": followed.asserted_by,
    }


def _initial(typed: Mapping[str, Any] | None, names: Iterable[str], *, prefix: str = "") -> dict[str, Any] | None:
    return None if typed is None else {name: typed.get(f"{prefix}{name}", "") for name in names}


def _numbered(number: str | None, title: str) -> str:
    return f"{number} {title}" if number else title


def _pointed(number: str | None, title: str) -> str:
    return _("%(text)s, point %(number)s") % {"text": title, "number": number} if number else title
