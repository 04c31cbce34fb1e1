"""The description of the API: valid, kept in the repository, and true of what is really answered."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from django.core.management import call_command
from jsonschema import Draft202012Validator

from tests.api.conftest import CHANGES, Reader, expandable, hang_much_on, readable, somewhere
from tracker.api.forms import TABLES
from tracker.api.problems import CATALOGUE
from tracker.api.schema import openapi

MEDIA_TYPES = {form.suffix: form.media_type for form in TABLES}
KEPT = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_it_is_valid_and_described_without_a_warning(tmp_path):
    file = tmp_path / "openapi.json"
    call_command("spectacular", "--validate", "--fail-on-warn", "--format=openapi-json", f"--file={file}")
    assert json.loads(file.read_text())["openapi"] == "3.1.0"


def test_what_is_kept_in_the_repository_is_what_the_code_says():
    """When it drifts on purpose: manage.py spectacular --format openapi-json --file docs/openapi.json"""
    assert json.loads(KEPT.read_text()) == openapi()


def test_the_site_serves_it(reader: Reader):
    answer = reader.get("/api/v1/openapi.json")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == openapi()
    assert reader.get("/api/v1/openapi.json", holding=answer["ETag"]).status_code == 304


def closed(schema: Any) -> Any:
    """The same schema, but refusing keys that it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    stricter = {key: closed(value) for key, value in schema.items()}
    if "properties" in stricter:
        stricter["additionalProperties"] = False
    return stricter


def followed(described: Any, part: Any) -> Any:
    """The part itself, where a reference to it stands in its place."""
    if "$ref" not in part:
        return part
    for name in part["$ref"].removeprefix("#/").split("/"):
        described = described[name]
    return described


def check(answer: Any, path: str, status: int, media_type: str) -> None:
    described = closed(openapi())
    response = followed(described, described["paths"][path]["get"]["responses"][str(status)])
    assert answer["Content-Type"].partition(";")[0] == media_type
    schema = response["content"][media_type]["schema"]
    if schema.get("type") == "string":
        return
    # Where some keys can be asked for, the first alternative is the whole.
    schema = schema.get("anyOf", [schema])[0]
    validator = Draft202012Validator(
        {**schema, "components": described["components"]}, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    assert [error.message for error in validator.iter_errors(answer.json())] == []


def test_every_answer_is_as_described(everything, reader: Reader):
    for path in readable():
        answer = reader.get(somewhere(path))
        check(answer, path, 200, MEDIA_TYPES.get(Path(path).suffix, "application/json"))


def test_what_is_told_in_full_is_as_described_and_no_more_is_described(everything, reader: Reader):
    hang_much_on(everything)
    for path, words in expandable().items():
        answer = reader.get(f"{somewhere(path)}?expand={','.join(words)}")
        check(answer, path, 200, "application/json")
        told = answer.json()
        (row, *_) = told.get("results", [told])
        described = openapi()["components"]["schemas"]
        (shape,) = [
            schema["properties"]["expanded"]["$ref"].rpartition("/")[2]
            for schema in described.values()
            if set(schema.get("properties", ())) == set(row)
        ]
        assert set(row["expanded"]) == set(words) == set(described[shape]["properties"]), path


def test_every_problem_is_as_described(everything, reader: Reader):
    for path, described in readable().items():
        check(reader.get(f"{somewhere(path)}?colour=red"), path, 400, "application/problem+json")
        check(reader.client.put(somewhere(path)), path, 405, "application/problem+json")
        check(reader.get(somewhere(path), accept="image/png"), path, 406, "application/problem+json")
        if "404" in described["responses"]:
            check(reader.get(re.sub("{.*?}", "nothing", path)), path, 404, "application/problem+json")
    check(reader.get(f"{CHANGES}?since=ab.1"), "/api/v1/plans/{plan}/changes", 410, "application/problem+json")


def test_every_header_that_is_described_is_sent(everything, reader: Reader):
    for path, described in readable().items():
        answer = reader.get(somewhere(path))
        for header in described["responses"]["200"]["headers"]:
            # A list that fits on one page leads nowhere.
            assert header in answer or header == "Link", path


def test_every_problem_of_the_catalogue_is_in_the_guide():
    guide = (KEPT.parent / "api.md").read_text()
    for problem in CATALOGUE.values():
        assert f"`{problem.code}`" in guide


def lists_of(schema: Any) -> list[dict[str, Any]]:
    """Every schema of a list, wherever it stands."""
    nested = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    found = [each for inner in nested for each in lists_of(inner)]
    return [*found, schema] if isinstance(schema, dict) and schema.get("type") == "array" else found


def test_every_list_says_what_is_in_it():
    """A generator of clients leaves out the addresses where one does not."""
    lists = lists_of(openapi()["paths"])
    assert lists
    assert [each for each in lists if "items" not in each] == []
