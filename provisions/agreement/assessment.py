"""Section 10, second half: the assessment of a plan's record, with its proof, as JSON."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from provisions.agreement.conditions import Packages, packages
from provisions.agreement.confidence import Assurance, assurance, lowest
from provisions.agreement.evaluation import Evaluation, Finding, alarm, evaluate, last_levels
from provisions.agreement.facts import BadRecord, Condition
from provisions.agreement.gap import Gap, Step, gaps, keystone
from provisions.agreement.level import CLAUSES, deciding
from provisions.agreement.lineage import text_of
from provisions.agreement.parsing import parse
from provisions.agreement.rollup import CategoryStatus, categories, phase
from provisions.agreement.words import RULE, ConditionKind, Phase, ReadingClass

Json = dict[str, Any]

_CLASSES = tuple(ReadingClass)


def assess(
    record: Json, *, as_of: date | None = None, known_at: datetime | None = None, revision: str | None = None
) -> Json:
    """What rule AS-1 says of a record, with its proof: the assessment of section 10.

    The day, the moment and the revision are the record's own unless others are asked for.
    """
    parsed = parse(record)
    moment = parsed.known_at if known_at is None else known_at
    if moment.tzinfo is None:
        raise BadRecord(f"known_at: {moment.isoformat()!r} carries no time zone")
    if revision is not None and all(version.thing.slug != revision for version in parsed.revisions):
        raise BadRecord(f"revision: {revision!r} is not a revision")
    facts = parsed.at(as_of=parsed.as_of if as_of is None else as_of, known_at=moment)
    asked = facts.plan.revision if revision is None else revision
    found = evaluate(text_of(facts, parsed.evaluated(asked, known_at=moment)))
    return _assessment(found, moment)


def dumps(document: Mapping[str, Any]) -> bytes:
    """The bytes of a record or an assessment as they are published: the same for the same content."""
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _assessment(found: Evaluation, known_at: datetime) -> Json:
    text = found.text
    revision = text.chain[0] if text.chain else None
    levels = found.levels
    packs = packages(found.hearings, levels)
    lacking = gaps(found.hearings, levels, packs, revision)
    reached = phase(text, found.whole, levels.least)
    return {
        "rule": RULE,
        "plan": text.facts.plan.slug,
        "revision": revision,
        "as_of": text.facts.as_of.isoformat(),
        "known_at": known_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "phase": reached,
        "provisional": reached is not Phase.AGREED,
        "refused_by": sorted(found.whole.refused_by),
        "provisions": {line: _line(found, line, packs, lacking[line]) for line in found.hearings},
        "gone": _gone(found),
        "categories": {
            slug: _category(status) for slug, status in categories(text.facts, levels.least, found.gone).items()
        },
        "packages": [list(package) for package in sorted(set(packs.package.values()))],
        "keystone": keystone(found.hearings, levels, lacking),
    }


def _line(found: Evaluation, line: str, packs: Packages, gap: Gap) -> Json:
    hearing = found.hearings[line]
    level = found.levels.least[line]
    findings = found.findings(line)
    sure = {party: assurance(found.text, finding.word) for party, finding in findings.items()}
    classes = [findings[party].heard.classed for party in hearing.essential]
    counts = {classed: classes.count(classed) for classed in _CLASSES}
    return {
        "level": level,
        "clause": CLAUSES[level],
        "greatest": found.levels.greatest[line],
        "essential": list(hearing.essential),
        "readings": {party: _reading(finding, sure[party]) for party, finding in findings.items()},
        "counts": counts,
        "interval": [
            f"{counts[ReadingClass.CONSENT]}/{len(classes)}",
            f"{len(classes) - counts[ReadingClass.REJECT]}/{len(classes)}",
        ],
        "flags": sorted(set(found.flags(line))),
        "confidence": _confidence(
            lowest([sure[party] for party in hearing.essential if deciding(level, findings[party].heard)])
        ),
        "package": list(packs.package[line]) if line in packs.package else None,
        "waits_on": [list(package) for package in packs.waits_on.get(line, ())],
        "would_take": {"next": [_move(step) for step in gap.next], "agreed": [_move(step) for step in gap.agreed]},
        "moves": {"next": gap.next_count, "agreed": gap.agreed_count},
    }


def _reading(finding: Finding, sure: Assurance) -> Json:
    word, states, heard = finding
    now = word.standing
    return {
        "reading": heard.reading,
        "class": heard.classed,
        "stance": now.position.stance if now else None,
        "authority": heard.authority,
        "position": (now.position.id or None) if now else None,
        "wording": now.tied[0].wording if now else None,
        "carried": word.carried,
        "conditions": [{**_condition(condition), "state": state} for condition, state in states.items()],
        "evidence": [{"source": piece.source, "grade": piece.grade or None} for piece in now.evidence] if now else [],
        "flags": sorted(word.flags),
        "claims": list(word.asides.claims),
        "elsewhere": list(word.asides.elsewhere),
        "confidence": _confidence(sure),
    }


def _confidence(sure: Assurance) -> Json:
    return {"level": sure.confidence, "reasons": sorted(sure.doubts)}


def _condition(condition: Condition) -> Json:
    kind, target, level = condition
    if kind is ConditionKind.EVENT_MET:
        return {"kind": kind, "event": target}
    return {"kind": kind, "provision": target} | ({"level": level} if level is not None else {})


def _move(step: Step) -> Json:
    named: Json = {name: value for name, value in zip(Step._fields, step, strict=True) if value}
    if step.condition is not None:
        named["condition"] = _condition(step.condition)
    if step.lines:
        named["lines"] = list(step.lines)
    return named


def _gone(found: Evaluation) -> Json:
    last = last_levels(found)
    return {
        line: {
            "state": left.state,
            "last_wording": left.last_wording,
            "successors": list(left.successors or ()),
            "last_level": last[line],
            "alarm": alarm(left, last[line]),
        }
        for line, left in found.gone.items()
    }


def _category(status: CategoryStatus) -> Json:
    closed, live = status.closed
    return {
        "level": status.level,
        "vector": dict(status.vector),
        "closed": f"{closed}/{live}",
        "apart": {"preambular": status.preambular, "succeeded": status.succeeded, "withdrawn": status.withdrawn},
    }
