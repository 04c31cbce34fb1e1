"""What an import did or would do, line by line for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from .applying import Outcome
from .previewing import Line, Preview, Text

KEPT_SHOWN = 10


def in_full(result: Outcome | Preview) -> Iterator[str]:
    """How many things of each kind, what is kept and, of what would happen, each effect."""
    if isinstance(result, Preview):
        yield from _summary(result.outcome)
        yield from _effect(result)
    else:
        yield from _summary(result)
        yield _end(result)


def in_short(outcome: Outcome) -> Iterator[str]:
    """What is kept, and where the plan is now."""
    yield from _kept(outcome)
    yield _end(outcome)


def _summary(outcome: Outcome) -> Iterator[str]:
    yield f"{'':<20}{'added':>10}{'changed':>10}{'unchanged':>10}"
    for resource, tally in outcome.tallies.items():
        yield f"{resource.label:<20}{tally.added:>10}{tally.changed:>10}{tally.unchanged:>10}"
    yield from _kept(outcome)


def _kept(outcome: Outcome) -> Iterator[str]:
    for resource, keys in outcome.kept.items():
        shown = ", ".join(keys[:KEPT_SHOWN]) + (f" and {len(keys) - KEPT_SHOWN} more" if len(keys) > KEPT_SHOWN else "")
        yield f"Kept, though not in the files: {resource.label} {shown}"


def _end(outcome: Outcome, *, went: str = "went") -> str:
    if outcome.seq_after == outcome.seq_before:
        return f"{outcome.plan}: nothing to change, its seq stays {outcome.seq_before}."
    return f"{outcome.plan}: its seq {went} from {outcome.seq_before} to {outcome.seq_after}."


def _effect(found: Preview) -> Iterator[str]:
    """What a reader of the plan would see of it, one thing a line."""
    for text in found.texts:
        yield from _text(text)
    for each in found.overwritten:
        yield f"Overwrites {each.resource.label} {each.key} ({', '.join(each.fields)}), last changed by {each.by}"
    for lapsed in found.lapsed:
        yield f"Goes stale: {lapsed.party} on {lapsed.line} ({lapsed.position})"
    for moved in found.moved:
        alarm = ", THOUGH IT WAS AGREED" if moved.alarm else ""
        yield f"Level: {moved.line} from {moved.level or 'none'} to {moved.level_then or 'none'}{alarm}"
    if found.phase != found.phase_then:
        yield f"Phase: from {found.phase or 'none'} to {found.phase_then or 'none'}"
    if found.unworkable:
        yield f"Levels could not be worked out: {found.unworkable}"
    yield _end(found.outcome, went="would go")
    yield f"To import just this: --expect-seq {found.outcome.seq_before} --expect-hash {found.sha256}"
    yield "Dry run: nothing was written."


def _text(text: Text) -> Iterator[str]:
    derived = f", which derives from {text.base}" if text.base else ""
    yield f"{'New text' if text.new else 'Text'} {text.slug}{derived}:"
    for line in text.lines:
        yield f"  {_number(line)} {line.line}: {_fate(line)}"
    for removal in text.removals:
        yield f"  {removal.provision}: no longer there ({removal.outcome})"
    for slug, _title in text.vanishing:
        yield f"  {slug}: VANISHES, and nothing says what became of it; see --let-vanish"
    for guess in text.guesses:
        yield f"  {guess.words.partition('/')[2]}: may come from {guess.origin}, alike to {guess.likeness:.0%}"


def _number(line: Line) -> str:
    if line.renumbered:
        return f"{line.number_before or 'no number'} -> {line.number or 'no number'}"
    return line.number or "-"


def _fate(line: Line) -> str:
    origins = f" from {', '.join(line.comes_from)}" if line.comes_from else ""
    here = "" if line.held is None else "; its words here change" if line.held != line.words else "; words stay here"
    return f"{line.change}{origins}{here}"
