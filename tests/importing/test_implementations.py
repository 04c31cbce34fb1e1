"""Levels of implementation in plan files: given to the lines of a text that the same files say was signed."""

import pytest

from provisions.held import held
from provisions.importing import BadPlan
from provisions.models import Implementation, Plan, Resource
from tests.builders import TESTER, carried_out

SIGNED = "positions:" + "".join(
    f"""
  - id: {party}-signed
    party: {party}
    speaker: The prime minister
    stated_on: 2026-01-20
    revision: draft-2
    stance: accept
    authority: formal
    summary: Signed.
    evidence: [{{source: N1}}]"""
    for party in ("arden", "brevia")
)
LEVELS = """\
implementations:
  - {provision: ceasefire, since: 2026-01-21, level: 3, note: Fire ceased., sources: [N1]}
  - {provision: ceasefire, since: 2026-02, approximate: true, level: 1, note: It began again., sources: [N1]}
"""


@pytest.fixture
def files(folder):
    """Writes the signatures and the levels into the plan's files."""

    def written(levels: str = LEVELS, *, signed: str = SIGNED) -> None:
        (folder / "signed.yaml").write_text(signed)
        (folder / "implementations.yaml").write_text(levels)

    return written


def only(**fields: str) -> str:
    given = {"provision": "ceasefire", "since": "2026-02-01", "level": "1", "note": "A bit.", "sources": "[N1]"}
    return "implementations:\n  - " + "\n    ".join(f"{k}: {v}" for k, v in (given | fields).items()) + "\n"


def on_record() -> list[tuple[str, int | None]]:
    found = held(Plan.objects.get(slug="accord"), Resource.IMPLEMENTATION).values()
    return [(each.content.key, each.content.level) for each in found]


def test_levels_come_on_record_with_the_signatures_of_the_same_files(files, load):
    files()
    outcome = load()
    assert outcome.tallies[Resource.IMPLEMENTATION].added == 2
    assert on_record() == [("ceasefire/2026-01-21", 3), ("ceasefire/2026-02", 1)]


def test_a_second_import_changes_none(files, load):
    files()
    load()
    again = load()
    assert (again.seq_before, again.tallies[Resource.IMPLEMENTATION].unchanged) == (again.seq_after, 2)


def test_what_differs_is_a_new_version(files, load):
    files()
    load()
    files(LEVELS.replace("level: 1", "level: 0"))
    assert load().tallies[Resource.IMPLEMENTATION].changed == 1
    assert on_record()[1] == ("ceasefire/2026-02", 0)


def test_a_level_that_was_withdrawn_does_not_come_back(files, load):
    files()
    load()
    carried_out("ceasefire", None, since="2026-02", note="Misread.", sources=(), approximate=True, seen=1, by=TESTER)
    load()
    assert on_record()[1] == ("ceasefire/2026-02", None)


def test_a_level_of_what_nobody_signed_is_named_in_its_place_and_nothing_is_written(files, load):
    files(signed="positions: []\n")
    with pytest.raises(BadPlan) as bad:
        load()
    first, _second = map(str, bad.value.faults)
    place, _, message = first.partition(" No ")
    assert place == "accord/implementations.yaml:2:17: implementations[ceasefire].provision:"
    assert message.startswith("signed text has words of 'ceasefire'")
    assert "at least two of them with formal authority" in message
    assert not Plan.objects.filter(slug="accord").exists()
    assert not Implementation.objects.exists()


FAULTY = {
    "no level of the four": (only(level="4"), "'4' is not a whole number from 0 to 3"),
    "a day that has not come": (only(since="2999-01-01"), "lies in the future"),
    "no day": (only(since="soon"), "is not a date"),
    "no source": (only(sources="[]"), "is an empty list; name at least one"),
    "a line that is nowhere": (only(provision="ceasefires"), "did you mean 'ceasefire'?"),
    "an unknown key": (only(reversal="yes"), "unknown key 'reversal'"),
    "one day twice": (only() + only().partition("\n")[2], "is defined twice"),
    "before the signature": (
        only(since="2026-01-19"),
        "before 2026-01-20 had all principals accepted the text; give that day or a later one",
    ),
}


@pytest.mark.parametrize("fault", FAULTY)
def test_what_is_wrong_is_said_in_its_place(files, load, fault):
    text, told = FAULTY[fault]
    files(text)
    with pytest.raises(BadPlan, match="implementations") as bad:
        load()
    assert any(told in str(each) for each in bad.value.faults)
