"""What happened to a plan since it was last read: asked in one statement, which sees one moment of the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from provisions.models import ChangeKind, Resource

from .state import State

# Changes of these leave a board as it was, but for what is made of positions and levels.
OF_LINES_ONLY = {
    Resource.POSITION,
    Resource.ASSESSMENT,
    Resource.SOURCE,
    Resource.TOPIC,
    Resource.EVENT,
    Resource.SILENCE_PROCEDURE,
    Resource.COMPANION,
    Resource.DISPUTE,
    Resource.RELATION,
    Resource.IMPLEMENTATION,
}
# With more changes than these it is as quick to read everything.
MOST = 100


class Said(NamedTuple):
    """What a reading needs of a position."""

    key: str
    party__slug: str
    asserted_by__slug: str
    stated_on: date
    precision: str
    approximate: bool
    stance: str
    revision__slug: str | None
    wording__revision__slug: str | None
    wording__provision__slug: str | None
    authority: int
    pk: int

    @property
    def text(self) -> str:
        """The revision on whose words it was said."""
        return self.wording__revision__slug or self.revision__slug or ""


# `plan` is the slug of a plan, `since` the id of the change up to which it was read. An id is never given twice, not
# even after a change that was not committed, so a reading goes on only in the log that it is of.
NEWS = f"""
WITH plan AS (
    SELECT plan.id, slug, epoch, seq, assessed_seq, assessed_on, (
        SELECT sum(party.version)
        FROM provisions_planparty AS place JOIN parties_party AS party ON party.id = place.party_id
        WHERE place.plan_id = plan.id
    ) AS names
    FROM provisions_plan AS plan WHERE slug = %(plan)s
), known AS (
    SELECT change.seq FROM plan JOIN provisions_change AS change ON change.plan_id = plan.id
    WHERE change.id = %(since)s AND plan.seq - change.seq <= {MOST}
), news AS (
    SELECT change.resource, change.kind, change.key,
        CASE WHEN resource = '{Resource.ASSESSMENT}' THEN before -> 'levels' || (after -> 'levels') END AS levels
    FROM plan, known, provisions_change AS change
    WHERE change.plan_id = plan.id AND change.seq > known.seq
), moved AS (
    SELECT DISTINCT jsonb_object_keys(levels) AS line FROM news
), lines AS (
    SELECT moved.line, kept.body, kept.speaks
    FROM plan, moved, provisions_provision AS line, provisions_lineassessment AS kept
    WHERE line.plan_id = plan.id AND line.slug = moved.line
        AND kept.provision_id = line.id AND kept.superseded_at IS NULL
), named AS (
    SELECT key FROM news WHERE resource = '{Resource.POSITION}'
    UNION SELECT jsonb_path_query(body, '$.readings.*.position') #>> '{{}}' FROM lines
    UNION SELECT jsonb_path_query(body, '$.readings.*.claims[*]') #>> '{{}}' FROM lines
), said AS (
    SELECT position.key, party.slug AS party__slug, claiming.slug AS asserted_by__slug, stated_on, precision,
        approximate, stance, whole.slug AS revision__slug, revision.slug AS wording__revision__slug,
        line.slug AS wording__provision__slug, authority, position.id AS pk
    FROM plan JOIN provisions_position AS position ON position.plan_id = plan.id
    JOIN parties_party AS party ON party.id = position.party_id
    JOIN parties_party AS claiming ON claiming.id = position.asserted_by_id
    LEFT JOIN provisions_revision AS whole ON whole.id = position.revision_id
    LEFT JOIN provisions_wording AS wording ON wording.id = position.wording_id
    LEFT JOIN provisions_revision AS revision ON revision.id = wording.revision_id
    LEFT JOIN provisions_provision AS line ON line.id = wording.provision_id
    WHERE position.key IN (SELECT key FROM named)
        AND NOT EXISTS (SELECT FROM provisions_retraction WHERE position_id = position.id)
)
SELECT json_build_object(
    'state', json_build_array(id, slug, epoch, seq, assessed_seq, assessed_on, names),
    'head', (SELECT change.id FROM provisions_change AS change WHERE plan_id = plan.id AND change.seq = plan.seq),
    'continues', EXISTS (SELECT FROM known),
    'changes', (SELECT json_agg(json_build_array(resource, kind, key)) FROM news),
    'lines', (
        SELECT json_object_agg(moved.line, CASE WHEN body IS NOT NULL THEN
            json_build_object('body', body, 'speaks', speaks) END)
        FROM moved LEFT JOIN lines USING (line)
    ),
    'positions', (SELECT json_agg(json_build_array({", ".join(Said._fields)})) FROM said),
    'whole', (
        SELECT body FROM provisions_planassessment AS kept
        WHERE kept.plan_id = plan.id AND superseded_at IS NULL
            AND EXISTS (SELECT FROM news WHERE resource = '{Resource.ASSESSMENT}')
    )
)::text FROM plan
"""  # noqa: S608  # nosec B608


@dataclass(frozen=True, slots=True)
class News:
    """The state of a plan; and what is new of it since the change named, where it can be told by lines."""

    state: State
    head: int | None
    """The id of the latest change."""
    continues: bool
    """Whether it tells all that happened since the change that was asked about."""
    resources: frozenset[str]
    retracted: frozenset[str]
    lines: Mapping[str, Any]
    positions: tuple[Said, ...]
    whole: Mapping[str, Any] | None

    @classmethod
    def of(cls, told: str) -> News:
        """Read what the statement tells."""
        news = json.loads(told)
        *ids, assessed_on, names = news["state"]
        changes = news["changes"] or ()
        return cls(
            state=State._make([*ids, _day(assessed_on), names]),
            head=news["head"],
            continues=news["continues"],
            resources=frozenset(resource for resource, _, _ in changes),
            retracted=frozenset(key for _, kind, key in changes if kind == ChangeKind.RETRACTED),
            lines=news["lines"] or {},
            positions=tuple(_said(row) for row in news["positions"] or ()),
            whole=news["whole"],
        )

    @property
    def tell_of_lines_only(self) -> bool:
        """Whether nothing has changed but what was said, and levels."""
        return self.continues and self.resources <= OF_LINES_ONLY


def _said(row: list[Any]) -> Said:
    said = Said(*row)
    # JSON has no days.
    return said._replace(stated_on=date.fromisoformat(row[Said._fields.index("stated_on")]))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
