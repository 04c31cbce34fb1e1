"""What schemathesis is told to look at besides its own checks. It reads this file in an environment of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import schemathesis
from schemathesis.core.failures import Failure
from schemathesis.generation.meta import REQUEST_SHAPE_PROBES, coverage_scenario

# Among the things described: it has a form, but the record or the calendar says which values there are.
CHECKED_FURTHER = "x-checked-further"
# What a body names and the record has not is refused as a whole.
NOT_ON_RECORD = " is not on record."


@schemathesis.check
def a_refusal_is_for_what_cannot_be_described(_: Any, response: Any, case: Any) -> None:
    """A request that is as described gets 400 only for values of which the description says that they are looked up."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code != 400:
        return
    if coverage_scenario(case) in REQUEST_SHAPE_PROBES:
        return
    told = json.loads(response.content)
    known = set(_checked_further(case))
    unexpected = [error for error in told["errors"] if not _is_looked_up(error, known)]
    if unexpected or not told["errors"]:
        raise Failure(
            operation=case.operation.label,
            title="Refused, though it is as described",
            message=json.dumps(unexpected or told, ensure_ascii=False)[:1000],
        )


def _is_looked_up(error: dict[str, str], known: set[str]) -> bool:
    if error["pointer"] == "/body":
        return error["detail"].endswith(NOT_ON_RECORD)
    # Which of several it is does not matter.
    return re.sub(r"/\d+(?=/|$)", "/*", error["pointer"]) in known


def _checked_further(case: Any) -> Iterator[str]:
    """Pointers to the values of the operation that are looked up."""
    whole = case.operation.schema.raw_schema
    described = whole["paths"][case.operation.path][case.operation.method.lower()]
    for parameter in described.get("parameters", ()):
        if parameter["schema"].get(CHECKED_FURTHER) or parameter["schema"].get("items", {}).get(CHECKED_FURTHER):
            yield f"/query/{parameter['name']}"
    for body in described.get("requestBody", {}).get("content", {}).values():
        yield from _within(whole, body["schema"], "/body")


def _within(whole: Any, schema: Any, pointer: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get(CHECKED_FURTHER):
        yield pointer
    for each in schema.get("anyOf", ()):
        yield from _within(whole, each, pointer)
    for name, each in schema.get("properties", {}).items():
        yield from _within(whole, each, f"{pointer}/{name}")
    if "items" in schema:
        yield from _within(whole, schema["items"], f"{pointer}/*")
