"""What a reader of a page would see."""

import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def seen(response: Any, *, within: str = "main") -> str:
    """The words of a page, or of the element with an id or tag, as they are read: no mark-up, single spaces."""
    html = response.content.decode()
    return words(part(html, within) if within else html)


def words(html: str) -> str:
    html = re.sub(r"<(script|style|template|datalist).*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def part(html: str, which: str) -> str:
    """The element with this id, or else the first with this tag."""
    start = re.search(rf'<(\w+)[^>]*\bid="{which}"', html) or re.search(rf"<({which})\b", html)
    assert start, f"the page has no {which}"
    tag = start.group(1)
    depth = 0
    for mark in re.finditer(rf"<(/?){tag}\b", html[start.start() :]):
        depth += -1 if mark.group(1) else 1
        if depth == 0:
            return html[start.start() : start.start() + mark.end() + 1]
    raise AssertionError(f"<{tag}> is not closed")


def rows(response: Any) -> list[str]:
    """The lines that a board shows, in their order."""
    return re.findall(r'<tr role="row" class="prow[^"]*" id="row-([^"]+)"', response.content.decode())


def fields(response: Any, *, form: str = "ed") -> dict[str, Any]:
    """What a browser would send of a form, were its first button pressed."""
    reader = _Fields(form)
    reader.feed(response.content.decode())
    return reader.sent


class _Fields(HTMLParser):
    """Reads the controls of one form as they stand."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form, self.inside = form, False
        self.sent: dict[str, Any] = {}
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self.inside = said.get("id") == self.form
        name, value = said.get("name") or "", said.get("value") or ""
        if not self.inside:
            return
        if tag == "input" and name:
            self._input(name, value or "on" if "checked" in said else value, said)
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and ("selected" in said or self.select not in self.sent):
            self.sent[self.select] = value
        elif tag == "textarea":
            self.area, self.sent[name] = name, ""

    def _input(self, name: str, value: str, said: dict[str, str | None]) -> None:
        if said.get("type") not in ("checkbox", "radio"):
            self.sent[name] = value
        elif "checked" in said:
            self.sent.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea" and self.area:
            self.sent[self.area] = self.sent[self.area].removeprefix("\n")
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area] += data


def cost(ask: Callable[[], Any]) -> int:
    """How many queries it takes."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)
