"""What parties do when they follow `would_take`: it is played out on a copy of the record, move by move.

This knows the moves from the codebook alone, nothing of how the rule finds them.
"""

from calendar import monthrange
from copy import deepcopy
from datetime import date, datetime, timedelta

from provisions.agreement import assess
from provisions.agreement.words import Level
from tests.agreement.builders import Json, event, says

RANK = {level.value: rank for rank, level in enumerate(Level)}


class Talks:
    """A copy of the record to which nothing more happens but the moves; each is made on a day of its own."""

    def __init__(self, record: Json) -> None:
        before = assess(record)
        self.record = _standstill(record, before["revision"])
        self._day = date(2027, 1, 1)

    def assessment(self) -> Json:
        return assess(self.record)

    def line(self, line: str) -> Json:
        return self.assessment()["provisions"][line]

    def level(self, line: str) -> str:
        return self.line(line)["level"]

    def follow(self, line: str, moves: list[Json]) -> None:
        """Make these moves at a line, one after the other."""
        for move in moves:
            getattr(self, move["move"])(line, move)

    def lift(self, line: str, level: str) -> None:
        """Bring a line to a level by its own moves, one level after another."""
        for _ in range(len(RANK)):
            if RANK[self.level(line)] >= RANK[level]:
                return
            self.follow(line, self.line(line)["would_take"]["next"])
        raise AssertionError(f"{line} did not reach {level}")

    def state(self, line: str, move: Json) -> None:
        held = self.line(line)["readings"][move["party"]]["authority"] or 0
        self._say(line, move["party"], "accept", max(3, held, self.record["plan"]["threshold"]))

    reconfirm = state
    withdraw_objection = state

    def raise_authority(self, line: str, move: Json) -> None:
        heard = self.line(line)["readings"][move["party"]]
        self._say(line, move["party"], heard["stance"], 3, [_bare(condition) for condition in heard["conditions"]])

    def drop_condition(self, line: str, move: Json) -> None:
        self._drop(line, move["party"], [move["condition"]])

    def settle_words(self, _line: str, move: Json) -> None:
        for revision in self.record["revisions"]:
            if revision["slug"] == move["revision"]:
                revision["provenance"] = "official"

    def await_event(self, _line: str, move: Json) -> None:
        self.record["events"].append(event(move["event"], "met", self._today())[1])

    def reach(self, _line: str, move: Json) -> None:
        self.lift(move["line"], move["level"])

    def close_together(self, _line: str, move: Json) -> None:
        """Each line does all that it can by itself; then all conditions within the circle are taken as met at once."""
        circle = move["lines"]
        for line in circle:
            self.follow(
                line, [own for own in self.line(line)["would_take"]["agreed"] if own["move"] != "close_together"]
            )
        found = self.assessment()
        for line in circle:
            for party in found["provisions"][line]["essential"]:
                heard = found["provisions"][line]["readings"][party]
                if heard["reading"] == "conditional":
                    within = [
                        _bare(condition)
                        for condition in heard["conditions"]
                        if self._leads_to(found, condition) & set(circle)
                    ]
                    self._drop(line, party, within)

    @staticmethod
    def _leads_to(found: Json, condition: Json) -> set[str]:
        line = condition.get("provision", "")
        return {line, *found["gone"].get(line, {"successors": []})["successors"]}

    def _drop(self, line: str, party: str, dropped: list[Json]) -> None:
        heard = self.line(line)["readings"][party]
        left = [bare for bare in map(_bare, heard["conditions"]) if bare not in dropped]
        self._say(line, party, "conditional" if left else "accept", heard["authority"], left)

    def _say(self, line: str, party: str, stance: str, authority: int, conditions: list[Json] = []) -> None:  # noqa: B006
        words = f"{self.record['plan']['revision']}/{line}"
        day = self._today()
        said = says(party, stance, words, authority=authority, given=tuple(conditions), day=day, id=f"move-{day}")
        self.record["positions"].append(said[1])

    def _today(self) -> str:
        self._day += timedelta(days=1)
        return self._day.isoformat()


def _bare(condition: Json) -> Json:
    return {name: value for name, value in condition.items() if name != "state"}


def _standstill(record: Json, revision: str) -> Json:
    """The record as it stands: what was not known, or not yet said, never will be; no silence runs out any more."""
    made = deepcopy(record)
    known_at = datetime.fromisoformat(made["known_at"])
    as_of = made["as_of"]
    plan = made["plan"] | {"revision": revision}
    for kind in ("revisions", "provisions", "wordings", "positions", "silence_procedures", "events"):
        made[kind] = [thing for thing in made[kind] if _stood(thing, known_at)]
        for thing in made[kind]:
            thing["superseded_at"] = None
    made["positions"] = [
        position
        for position in _last_versions(made["positions"])
        if _period(position)[position["stance"] not in ("reject", "reserve", "abstain")] <= as_of
    ]
    made["events"] = [state for state in made["events"] if state["stated_on"] <= as_of]
    for silence in made["silence_procedures"]:
        if silence["broken_on"] is not None and silence["broken_on"] > as_of:
            silence |= {"broken_on": None, "broken_by": None}
        if silence["deadline"] >= as_of:
            silence["deadline"] = "2030-01-01"
    return made | {"plan": plan, "as_of": "2028-01-01", "known_at": "2029-01-01T00:00:00Z"}


def _stood(thing: Json, known_at: datetime) -> bool:
    ended = thing["superseded_at"]
    began = datetime.fromisoformat(thing["recorded_at"])
    return began <= known_at and (ended is None or datetime.fromisoformat(ended) > known_at)


def _last_versions(positions: list[Json]) -> list[Json]:
    """Of several versions of one position the one recorded last."""
    last: dict[str, Json] = {}
    for position in sorted(positions, key=lambda each: datetime.fromisoformat(each["recorded_at"])):
        last[position["id"]] = position
    return list(last.values())


def _period(position: Json) -> tuple[str, str]:
    said_on = position["stated_on"]
    year, month = said_on[:4], said_on[:7]
    if position["precision"] == "day":
        return said_on, said_on
    if position["precision"] == "month":
        return f"{month}-01", f"{month}-{monthrange(int(year), int(month[5:]))[1]}"
    return f"{year}-01-01", f"{year}-12-31"
