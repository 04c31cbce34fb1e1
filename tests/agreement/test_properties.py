"""The properties of section 9, over generated records."""

from copy import deepcopy

from provisions.agreement import assess, dumps
from provisions.agreement.words import Level, Reading
from tests.agreement.builders import Json, added, day, event, line, moment, revision, same, says
from tests.agreement.generated import (
    DAYS,
    PARTIES,
    STANCES,
    Tape,
    day_after,
    for_every_record,
    generated,
    shuffled,
)
from tests.agreement.moves import RANK, Talks

MORE_CONSENTING = {
    Reading.REJECT: ("reserve", "in_principle", "no_objection", "accept"),
    Reading.RESERVE: ("in_principle", "no_objection", "accept"),
    Reading.SILENT: ("in_principle", "no_objection", "accept"),
    Reading.CLAIMED: ("in_principle", "no_objection", "accept"),
    Reading.STALE: ("in_principle", "no_objection", "accept"),
    Reading.ABSTAIN: ("in_principle", "no_objection", "accept"),
    Reading.IN_PRINCIPLE: ("no_objection", "accept"),
    Reading.CONDITIONAL: ("no_objection", "accept"),
    Reading.NO_OBJECTION: ("accept",),
}


def levels(found: Json) -> dict[str, str]:
    return {line: status["level"] for line, status in found["provisions"].items()}


def no_lower(after: Json, before: Json) -> bool:
    return all(RANK[after["provisions"][line]["level"]] >= RANK[level] for line, level in levels(before).items())


@for_every_record()
def test_1_nothing_unsaid_or_too_low_lifts_a_level_above_open(tape: Tape):
    record = generated(tape)
    # Without an earlier version behind one that is left out below, which would then count again.
    record["positions"] = list({said["id"]: said for said in record["positions"]}.values())
    found = assess(record)
    for status in found["provisions"].values():
        if {status["readings"][party]["reading"] for party in status["essential"]} & {"silent", "claimed", "stale"}:
            assert RANK[status["level"]] <= RANK[Level.OPEN]
    threshold = record["plan"]["threshold"]
    record["positions"] = [
        said for said in record["positions"] if said["authority"] >= threshold and said["party"] == said["asserted_by"]
    ]
    assert levels(assess(record)) == levels(found)


@for_every_record()
def test_2_a_later_and_more_consenting_word_lowers_no_level(tape: Tape):
    record = generated(tape) | {"as_of": "2027-02-01", "known_at": "2027-02-01T12:00:00Z"}
    before = assess(record)
    for name, status in before["provisions"].items():
        party = tape.pick(PARTIES)
        heard = status["readings"][party]
        if stances := MORE_CONSENTING.get(heard["reading"]):
            said = says(
                party,
                tape.pick(stances),
                f"{before['revision']}/{name}",
                day="2027-01-15",
                authority=max(heard["authority"] or 0, tape.below(5)),
                id="later",
            )
            assert no_lower(assess(record | {"positions": [*record["positions"], said[1]]}), before)


@for_every_record()
def test_3_parties_that_are_not_essential_never_move_a_level(tape: Tape):
    record = generated(tape)
    before = assess(record)
    for name, status in before["provisions"].items():
        for party in set(PARTIES) - set(status["essential"]):
            words = f"{before['revision']}/{name}"
            said = says(party, tape.pick(STANCES), words, day="2026-01-03", id=f"{party}-{name}")
            record["positions"].append(said[1])
    assert levels(assess(record)) == levels(before)


@for_every_record()
def test_4_renumbering_moves_no_level(tape: Tape):
    record = generated(tape)
    for kind, name in (("revisions", "slug"), ("wordings", "id")):
        record[kind] = [
            thing | {"superseded_at": None} for thing in {each[name]: each for each in record[kind]}.values()
        ]
    before = assess(record)
    provenances = {each["slug"]: each["provenance"] for each in record["revisions"]}
    texts = {wording["id"]: wording["text_sha256"] for wording in record["wordings"]}
    if before["revision"]:
        renumbered = revision(
            "renumbered",
            *(same(name) for name in sorted(before["provisions"], reverse=True)),
            after=before["revision"],
            provenance=provenances[before["revision"]],
        )
        for kind, thing in renumbered:
            if kind == "wordings":
                thing["text_sha256"] = texts[thing["from"][0]]
            record[kind].append(thing)
        assert levels(assess(record, revision="renumbered")) == levels(before)


@for_every_record()
def test_5_the_least_levels_are_no_higher_than_the_greatest_and_packages_explain_why(tape: Tape):
    found = assess(generated(tape))
    for name, status in found["provisions"].items():
        assert RANK[status["level"]] <= RANK[status["greatest"]]
        differs = status["level"] != status["greatest"]
        assert differs == bool(status["package"] or status["waits_on"])
        if status["package"]:
            assert name in status["package"]
            assert status["package"] in found["packages"]
        assert all(package in found["packages"] for package in status["waits_on"])


@for_every_record()
def test_6_neither_order_nor_duplicates_matter(tape: Tape):
    record = generated(tape)
    assert dumps(assess(shuffled(tape, record))) == dumps(assess(record))


@for_every_record()
def test_7_replay_is_pure(tape: Tape):
    record = generated(tape)
    untouched = deepcopy(record)
    as_of, known_at = tape.pick(DAYS), f"{tape.pick(DAYS)}T23:00:00Z"
    replayed = assess(record, as_of=day(as_of), known_at=moment(known_at))
    assert record == untouched
    assert dumps(replayed) == dumps(assess(record | {"as_of": as_of, "known_at": known_at}))


@for_every_record()
def test_8_the_moves_that_it_would_take_do_lift_the_line(tape: Tape):
    record = generated(tape)
    found = assess(record)
    if not found["provisions"]:
        return
    name = tape.pick(sorted(found["provisions"]))
    status = found["provisions"][name]
    if status["level"] == "agreed":
        assert status["would_take"] == {"next": [], "agreed": []}
        return
    talks = Talks(record)
    assert levels(talks.assessment()) == levels(found)
    talks.follow(name, status["would_take"]["next"])
    assert RANK[talks.level(name)] > RANK[status["level"]]
    talks = Talks(record)
    talks.follow(name, status["would_take"]["agreed"])
    assert talks.level(name) == "agreed"


@for_every_record()
def test_9_the_counts_add_up_to_the_essential_parties(tape: Tape):
    for status in assess(generated(tape))["provisions"].values():
        counts, essential = status["counts"], len(status["essential"])
        assert sum(counts.values()) == essential > 0
        assert status["interval"] == [f"{counts['consent']}/{essential}", f"{essential - counts['reject']}/{essential}"]


@for_every_record()
def test_10_an_agreed_plan_has_only_agreed_lines_and_every_principal_accepted_the_whole(tape: Tape):
    record = generated(tape)
    record["positions"] = [said for said in record["positions"] if said["wording"]]
    talks = Talks(record)
    for name in talks.assessment()["provisions"]:
        talks.lift(name, tape.pick(("agreed", "agreed", "agreed", "agreed_ad_referendum")))
    stances = {party: tape.pick(("accept", "accept", "no_objection")) for party in record["plan"]["principals"]}
    for party, stance in stances.items():
        said = says(party, stance, talks.record["plan"]["revision"], authority=4, day="2027-12-01", id=f"whole-{party}")
        talks.record["positions"].append(said[1])
    found = talks.assessment()
    kinds = {thing["slug"]: thing["kind"] for thing in talks.record["provisions"]}
    operative = [level for name, level in levels(found).items() if kinds[name] == "operative"]
    agreed = bool(operative) and set(operative) == {"agreed"} and set(stances.values()) == {"accept"}
    assert (found["phase"] == "agreed") == agreed
    assert found["provisional"] != agreed


@for_every_record()
def test_11_what_is_recorded_later_changes_nothing_at_an_earlier_moment(tape: Tape):
    record = generated(tape) | {"known_at": "2026-02-10T12:00:00Z"}
    before = dumps(assess(record))
    late = "2026-02-10T12:00:01Z"
    for kind in ("revisions", "provisions", "wordings", "positions", "silence_procedures", "events"):
        for thing in record[kind]:
            if thing["superseded_at"] is None and tape.chance(3):
                thing["superseded_at"] = late
    news = [
        line("troops", essential=("eu",), recorded=late),
        *revision("news", added("troops"), after=record["plan"]["revision"], recorded=late),
        says(tape.pick(PARTIES), tape.pick(STANCES), record["plan"]["revision"], recorded=late, id="p-1"),
        event("ceasefire", "failed", day_after(record["as_of"], -1), recorded=late),
    ]
    for kind, thing in news:
        record[kind].append(thing)
    record["plan"] = [record["plan"], record["plan"] | {"revision": "news", "recorded_at": late}]
    assert dumps(assess(record)) == before
