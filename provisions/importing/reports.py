"""What an import did or would do, and what stopped it, as JSON. The shape is in docs/plan-files.md."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from provisions.contents import as_json

from .applying import MovedOn, Outcome, Vanishing
from .places import BadPlan
from .previewing import Preview

Json = dict[str, Any]


def outcome_as_json(outcome: Outcome) -> Json:
    """What was written, or would be."""
    return {
        "plan": outcome.plan,
        "seq_before": outcome.seq_before,
        "seq_after": outcome.seq_after,
        "tallies": {resource.value: asdict(tally) for resource, tally in outcome.tallies.items()},
        "kept": {resource.value: list(keys) for resource, keys in outcome.kept.items()},
        "vanishing": {text: list(lines) for text, lines in outcome.vanishing.items()},
    }


def preview_as_json(found: Preview) -> Json:
    """What would be written, and what it would do to texts, positions and levels."""
    texts = [
        as_json(text) | {"lines": [as_json(line) | {"renumbered": line.renumbered} for line in text.lines]}
        for text in found.texts
    ]
    return outcome_as_json(found.outcome) | {
        "sha256": found.sha256,
        "effects": [_effect(each) for each in as_json(found.effects)],
        "texts": texts,
        "overwritten": as_json(found.overwritten),
        "lapsed": as_json(found.lapsed),
        "moved": as_json(found.moved),
        "phase": found.phase,
        "phase_then": found.phase_then,
        "rulings_untouched": found.rulings,
        "unworkable": found.unworkable,
    }


def _effect(effect: Json) -> Json:
    """Without what stays the same: of a change only the fields that differ."""
    before, after = effect["before"], effect["after"]
    if effect["fields"]:
        before = {name: before.get(name) for name in effect["fields"]}
        after = {name: after[name] for name in effect["fields"]}
    return effect | {"before": before, "after": after}


def error_as_json(error: BadPlan | MovedOn | Vanishing) -> Json:
    """Why nothing was written."""
    match error:
        case BadPlan():
            faults = [asdict(fault.place) | {"message": fault.message} for fault in error.faults]
            return {"error": "faults", "faults": faults}
        case Vanishing():
            return {"error": "vanishing", "vanishing": {text: list(lines) for text, lines in error.lines.items()}}
        case _:
            return {"error": "moved_on", "message": str(error)}
