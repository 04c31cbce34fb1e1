"""What a reader of a page would see."""

import re
from html import unescape
from typing import Any


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
