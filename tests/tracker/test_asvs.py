"""docs/security/asvs.md answers every requirement of ASVS 5.0.0 at the levels 1 and 2, and its tests are there."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "security" / "asvs.md").read_text()
ROW = re.compile(r"^\| (V[\d.]+) \| ([12]) \| (.+?) \| (.+) \|$", re.MULTILINE)
ROWS = {number: (int(level), about, answer) for number, level, about, answer in ROW.findall(TEXT)}
ANSWERS = ("tested", "made so", "not here", "operator", "partly", "open")
NAMED = re.compile(r"`([a-z_/]+)::(test_\w+)`")

# The numbers of the standard by section; those of level 3 are left out. First those of level 1, then those of level 2.
LEVELS = {
    "V1.1": ("", "1-2"), "V1.2": ("1-5", "6-9"), "V1.3": ("1-2", "3-11"), "V1.4": ("", "1-3"), "V1.5": ("1", "2"),
    "V2.1": ("1", "2-3"), "V2.2": ("1-2", "3"), "V2.3": ("1", "2-4"), "V2.4": ("", "1"),
    "V3.2": ("1-2", ""), "V3.3": ("1", "2-4"), "V3.4": ("1-2", "3-6"), "V3.5": ("1-3", "4-5"), "V3.7": ("", "1-2"),
    "V4.1": ("1", "2-3"), "V4.2": ("", "1"), "V4.3": ("", "1-2"), "V4.4": ("1", "2-4"),
    "V5.1": ("", "1"), "V5.2": ("1-2", "3"), "V5.3": ("1-2", ""), "V5.4": ("", "1-3"),
    "V6.1": ("1", "2-3"), "V6.2": ("1-8", "9-12"), "V6.3": ("1-2", "3-4"), "V6.4": ("1-2", "3-4"),
    "V6.5": ("", "1-5"), "V6.6": ("", "1-3"), "V6.8": ("", "1-4"),
    "V7.1": ("", "1-3"), "V7.2": ("1-4", ""), "V7.3": ("", "1-2"), "V7.4": ("1-2", "3-5"), "V7.5": ("", "1-2"),
    "V7.6": ("", "1-2"),
    "V8.1": ("1", "2"), "V8.2": ("1-2", "3"), "V8.3": ("1", ""), "V8.4": ("", "1"),
    "V9.1": ("1-3", ""), "V9.2": ("1", "2-4"),
    "V10.1": ("", "1-2"), "V10.2": ("", "1-2"), "V10.3": ("", "1-4"), "V10.4": ("1-5", "6-11"), "V10.5": ("", "1-5"),
    "V10.6": ("", "1-2"), "V10.7": ("", "1-3"),
    "V11.1": ("", "1-2"), "V11.2": ("", "1-3"), "V11.3": ("1-2", "3"), "V11.4": ("1", "2-4"), "V11.5": ("", "1"),
    "V11.6": ("", "1"),
    "V12.1": ("1", "2-3"), "V12.2": ("1-2", ""), "V12.3": ("", "1-4"),
    "V13.1": ("", "1"), "V13.2": ("", "1-5"), "V13.3": ("", "1-2"), "V13.4": ("1", "2-5"),
    "V14.1": ("", "1-2"), "V14.2": ("1", "2-4"), "V14.3": ("1", "2-3"),
    "V15.1": ("1", "2-3"), "V15.2": ("1", "2-3"), "V15.3": ("1", "2-7"),
    "V16.1": ("", "1"), "V16.2": ("", "1-5"), "V16.3": ("", "1-4"), "V16.4": ("", "1-3"), "V16.5": ("", "1-3"),
    "V17.1": ("", "1"), "V17.2": ("", "1-4"), "V17.3": ("", "1-2"),
}  # fmt: skip


def numbers(section: str, span: str) -> list[str]:
    first, _, last = span.partition("-")
    return [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)] if span else []


@cache
def names_in(module: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / f"{module}.py").read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_requirement_of_the_levels_1_and_2_is_answered_once_and_in_its_order():
    standard = {
        number: level
        for section, spans in LEVELS.items()
        for level, span in enumerate(spans, start=1)
        for number in numbers(section, span)
    }
    assert [list(standard.values()).count(level) for level in (1, 2)] == [70, 183]
    assert {number: level for number, (level, _, _) in ROWS.items()} == standard
    in_order = sorted(standard, key=lambda number: [int(part) for part in number[1:].split(".")])
    assert [number for number, *_ in ROW.findall(TEXT)] == in_order


def test_an_answer_is_one_of_those_that_there_are_with_its_tests_or_its_reason():
    for number, (_, _, answer) in ROWS.items():
        kind, _, reason = answer.partition(":")
        assert kind in ANSWERS, number
        assert reason or kind == "not here", number
        assert kind != "tested" or NAMED.search(reason), number


def test_every_test_that_is_named_is_there():
    named = NAMED.findall(TEXT)
    assert len(named) > 150
    assert [f"{module}::{test}" for module, test in named if test not in names_in(module)] == []
    # One that is named in another way would not be looked for.
    assert TEXT.count("::test_") == len(named)


def test_the_counts_at_its_head_are_those_of_its_answers():
    kinds = [answer.partition(":")[0] for _, _, answer in ROWS.values()]
    said = TEXT[TEXT.index("Of the ") : TEXT.index(" are open")]
    assert [int(each) for each in re.findall(r"\d+", said)] == [len(ROWS), *(kinds.count(kind) for kind in ANSWERS)]
    left = [number for number, (_, _, answer) in ROWS.items() if answer.startswith("open")]
    assert re.findall(r"V[\d]+\.\d+\.\d+", TEXT[: TEXT.index("## V1 ")]) == left
