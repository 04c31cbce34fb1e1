"""What an endpoint is: where it is found, what may be asked there, what its answer rests on, and the answer.

Nothing here speaks HTTP. `tracker.api` makes views, addresses and OpenAPI of these declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from provisions.replica import read_connection

from .asking import Asked, NotOnRecord, Parameter, shortened

# The parameter that asks for things in full where others name them.
EXPAND = "expand"


@dataclass(frozen=True, slots=True)
class Head:
    """All that can change the answer to one asking, as one short text that is read in one query.

    The ETag is made of it, so what it leaves out is hidden behind a 304. It is SQL, because the answer to "has
    anything changed?" is given before Django is asked; `{plan}` stands for the slug of a plan.
    """

    sql: str

    @property
    def of_a_plan(self) -> bool:
        return "{plan}" in self.sql

    def read(self, asked: Asked) -> str:
        """The head as it is now. Raises NotOnRecord."""
        names = [asked.names["plan"]] if self.of_a_plan else []
        # PostgreSQL has no such character to look for.
        if "\0" not in "".join(names):
            with read_connection().cursor() as cursor:
                cursor.execute(self.sql.format(plan="%s"), names)
                if (found := cursor.fetchone()) is not None:
                    return str(found[0])
        raise unknown_plan(names[0])


@dataclass(frozen=True, slots=True)
class Update:
    """How an answer is made of what this process knows already, and of what is new: all in one statement.

    The statement is asked with the slug of the `plan`, and with the id of the change `since` which news are wanted;
    it is None where the answer has to be made of the record itself. What the statement tells gives the head that the
    answer rests on, and the answer; or None, if it turns out that more is needed.
    """

    sql: str
    since: Callable[[Asked], int | None]
    answer: Callable[[Asked, str], tuple[str, Mapping[str, Any]] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address of the API. Without a head that it `rests_on`, its answer rests on the program alone.

    What `expand` asks for may rest on more: `widened` tells on what, by the words of it.
    """

    name: str
    path: str
    about: str
    summary: str
    description: str
    shape: type
    answer: Callable[[Asked], Mapping[str, Any]]
    rests_on: Head | None = None
    widened: Mapping[str, Head] = field(default_factory=dict)
    # A shorter way to the same answer.
    update: Update | None = None
    parameters: tuple[Parameter, ...] = ()
    # What it refuses beside the parameters that it does not know.
    starts_again: bool = False
    # Whether its results make a table.
    tabular: bool = False

    @property
    def heads(self) -> set[Head]:
        """All heads that one of its answers rests on."""
        return {head for head in (self.rests_on, *self.widened.values()) if head is not None}

    def head(self, asked: Asked) -> Head | None:
        """The head that the answer to this asking rests on."""
        if self.rests_on is None or not (words := asked.values.get(EXPAND)):
            return self.rests_on
        return widest(self.rests_on, *(self.widened[word] for word in words))


# The log of the plan in the address, for answers that tell what is on record.
the_log = Head("""SELECT concat_ws('.', epoch, seq) FROM "provisions_plan" WHERE slug = {plan}""")

# The log of the plan, how far and for what day levels are worked out, and what its parties are called.
#
# A recomputation that moves nothing leaves `seq` alone, and a party that several plans share is renamed in the log of
# one of them; an answer that shows either must not be taken for unchanged. Versions only grow, and a party that joins
# or leaves moves seq: their sum is never the same again.
the_levels = Head(
    """SELECT concat_ws('.', epoch, seq, assessed_seq, coalesce(to_char(assessed_on, 'YYYYMMDD'), '-'), (
        SELECT sum(parties_party.version)
        FROM provisions_planparty JOIN parties_party ON parties_party.id = provisions_planparty.party_id
        WHERE provisions_planparty.plan_id = plan.id
    )) FROM "provisions_plan" AS plan WHERE slug = {plan}"""
)

# The logs of all plans, and how far their levels are worked out. Whatever is changed anywhere, parties and sources
# too, is written in the log of some plan.
every_log = Head(
    """SELECT coalesce(string_agg(
        concat_ws('.', slug, epoch, seq, assessed_seq, coalesce(to_char(assessed_on, 'YYYYMMDD'), '-')),
        ' ' ORDER BY slug
    ), '') FROM "provisions_plan"
    """
)

# Whatever one of these tells, the ones after it tell as well.
_EVER_WIDER = (the_log, the_levels, every_log)


def widest(*heads: Head) -> Head:
    """The one of these heads that tells what all of them tell."""
    return max(heads, key=_EVER_WIDER.index)


def unknown_plan(slug: str) -> NotOnRecord:
    return NotOnRecord(f"There is no plan '{shortened(slug)}'.")
