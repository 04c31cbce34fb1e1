"""The HTML of every page: who reads it by the standard finds nothing to mend."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from html5lib import HTMLParser

from tests.places import furnish, places

# The Nu Html Checker knows what may stand where, beside how it is written; it takes Java, so it is asked where it is
# named. It knows no attribute of htmx, and not that a table that is laid out as a grid loses the roles of its parts.
VNU_JAR = os.environ.get("VNU_JAR", "")
ON_PURPOSE = re.compile(r"Attribute “hx-|The “role” attribute must not be used on a “(tr|th|td|thead|tbody)” element")


def by_the_parser(pages: dict[str, str], _folder: Path) -> Iterator[str]:
    for path, html in pages.items():
        parser = HTMLParser()
        parser.parse(html)
        yield from (f"{path}, line {line}: {error} {more}" for (line, _column), error, more in parser.errors)


def by_the_nu_checker(pages: dict[str, str], folder: Path) -> Iterator[str]:
    files = {f"{number}.html": path for number, path in enumerate(pages)}
    for name, path in files.items():
        (folder / name).write_text(pages[path])
    command = ["java", "-jar", VNU_JAR, "--format", "json", "--errors-only", *(str(folder / name) for name in files)]
    said = subprocess.run(command, capture_output=True, check=False).stderr
    for each in json.loads(said)["messages"]:
        if not ON_PURPOSE.search(each["message"]):
            yield f"{files[Path(each['url']).name]}, line {each.get('lastLine')}: {each['message']}"


@pytest.mark.parametrize("checked", [by_the_parser, *([by_the_nu_checker] if VNU_JAR else [])])
def test_every_page_is_read_by_the_standard_without_an_error(client: Client, db, tmp_path, checked):
    client.force_login(furnish())
    pages = {place.path: client.get(place.path).content.decode() for place in places(client)}
    assert len(pages) > 20
    wrong = list(checked(pages, tmp_path))
    assert not wrong, "\n".join(wrong)
