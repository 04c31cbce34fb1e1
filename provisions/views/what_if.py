"""What if these parties said this? Worked out by the rule, kept nowhere, and shared by its address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from provisions.agreement.words import Authority, Stance
from provisions.board import Board, board
from provisions.codebook import VOCABULARIES
from provisions.contents import EvidenceContent, PositionContent, When
from provisions.foresight import foresee
from provisions.models import Plan, PlanVersion

from .asking import Request

# More would be another negotiation; and each costs the rule some work.
MOST = 30
# What hangs on conditions cannot be said in a word.
STANCES = tuple(stance for stance in Stance if stance != Stance.CONDITIONAL)


@dataclass(frozen=True, slots=True)
class Supposed:
    """A position that nobody has taken: `line.party.stance` in the address. `rest` is the address without it."""

    line: str
    title: str
    party: str
    name: str
    stance: Stance
    rest: list[str]

    @property
    def word(self) -> str:
        return f"{self.line}.{self.party}.{self.stance}"


@require_GET
def what_if(request: Request, plan: str) -> HttpResponse:
    try:
        found = board(plan)
    except (Plan.DoesNotExist, PlanVersion.DoesNotExist):
        raise Http404 from None
    if found.current is None:
        raise Http404
    current = found.current.slug
    asked = list(dict.fromkeys(request.GET.getlist("p")))[:MOST]
    added = ".".join(request.GET.get(name, "") for name in ("line", "party", "stance"))
    if added.count(".") == len(("line", "party", "stance")) - 1 and "" not in added.split("."):
        # One party has one word on a line: a later one takes the place of the one before.
        asked = [word for word in asked if word.rpartition(".")[0] != added.rpartition(".")[0]] + [added]
    supposed = [each for word in asked if (each := _supposed(found, word, asked))]
    foreseen = foresee(plan, [_position(each, text=current) for each in supposed]) if supposed else None
    context: dict[str, Any] = {
        "board": found,
        "lines": [row for row in found.rows if row.live],
        "stances": [each for each in VOCABULARIES["stance"] if each.value in STANCES],
        "supposed": supposed,
        "foreseen": foreseen,
        "full": len(asked) >= MOST,
    }
    return render(request, "provisions/what_if.html", context)


def _supposed(found: Board, word: str, asked: list[str]) -> Supposed | None:
    """What a word of the address supposes; none where it names what is not there."""
    line, _dot, rest = word.partition(".")
    party, _dot, stance = rest.partition(".")
    titles = {row.slug: row.title for row in found.rows if row.live}
    names = {each.slug: each.name for each in found.parties}
    if line not in titles or party not in names or stance not in STANCES:
        return None
    return Supposed(line, titles[line], party, names[party], Stance(stance), [each for each in asked if each != word])


def _position(each: Supposed, *, text: str) -> PositionContent:
    """As if the party had said it today, with authority and a good source."""
    return PositionContent(
        key=f"what-if {each.word}",
        party=each.party,
        asserted_by=each.party,
        revision=text,
        provision=each.line,
        stance=each.stance,
        authority=Authority.FORMAL,
        stated_on=When(timezone.now().date()),
        speaker="–",
        summary="–",
        evidence=(EvidenceContent(source="what-if", grade="A1"),),
    )
