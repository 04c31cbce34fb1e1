"""Ask a Provision Tracker politely: one file, nothing to install, Python 3.11 or later.

    from tracker_client import Tracker

    tracker = Tracker("http://127.0.0.1:8000/api/v1")
    for board in tracker.poll("plans/28-point-framework/board"):
        print(board["seq"], board["vector"])

`poll` yields an answer now and whenever it changes; `changes` the log of a plan, each change once; `mirror` a plan's
snapshot and the changes that follow it; `rows` all rows of a list. They ask with the ETag of what they hold, as often
as the site wants to be asked, and wait longer each time that it does not answer.
"""

from __future__ import annotations

import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypedDict

__all__ = ["Begun", "Change", "Problem", "Tracker"]

POLL_SECONDS = 10
SHORTEST_BACK_OFF, LONGEST_BACK_OFF = 2, 300
# So that readers that were cut off together do not come back together.
JITTER = 0.25
# Of the other answers that are no answer, asking again would not help.
WORTH_ASKING_AGAIN = (429, 500, 502, 503, 504)


class Change(TypedDict):
    """One entry of a plan's log."""

    seq: int
    recorded_at: str
    kind: str
    resource: str
    id: str
    version: int
    url: str | None
    fields: list[str] | None


class Problem(Exception):
    """What the site says is wrong with an asking (RFC 9457). `code` stays the same for the same problem."""

    def __init__(self, told: Mapping[str, Any], status: int, retry_after: float | None) -> None:
        super().__init__(f"{status} {told.get('code', '')}: {told.get('detail', '')}")
        self.told = told
        self.status = status
        self.code = str(told.get("code", ""))
        self.retry_after = retry_after


@dataclass(frozen=True)
class Begun:
    """A whole record at one moment: where a mirror begins, and begins again after a restore."""

    snapshot: dict[str, Any]


@dataclass(frozen=True)
class _Answer:
    body: Any
    tag: str | None
    poll_seconds: float


class Tracker:
    """One site, by the address at which its API begins. `key` is an API key, and not needed for reading."""

    def __init__(
        self,
        root: str,
        *,
        key: str = "",
        timeout: float = 40,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.root = root.rstrip("/")
        self._key = key
        self._timeout = timeout
        self._sleep = sleep
        self._chance = chance

    def get(self, path: str, **asked: Any) -> Any:
        """What is told there now. Raises Problem, OSError."""
        return self._told(self._address(path, asked)).body

    def rows(self, path: str, **asked: Any) -> Iterator[dict[str, Any]]:
        """All rows of a list, page by page. Raises Problem, OSError."""
        address: str | None = self._address(path, asked)
        while address:
            page = self.get(address)
            yield from page["results"]
            address = page["next"]

    def poll(self, path: str, **asked: Any) -> Iterator[Any]:
        """What is told there, now and whenever it changes, without end. Raises Problem where asking is of no use."""
        address, tag = self._address(path, asked), ""
        pause: float = POLL_SECONDS
        while True:
            answer = self._insisting(partial(self._ask, address, tag=tag))
            if answer is not None:
                tag, pause = answer.tag or "", answer.poll_seconds
                yield answer.body
            self._rest(pause)

    def changes(self, plan: str, *, since: str = "now", wait: int = 25) -> Iterator[Change | Begun]:
        """The log of a plan from a cursor on, each change once, without end.

        After a restore it yields the record as it is then, and goes on from there.
        """
        cursor = since
        while True:
            try:
                page = self._insisting(partial(self._page, plan, cursor, wait))
            except Problem as problem:
                if problem.status != 410:
                    raise
                begun = self._begun(plan)
                cursor = begun.snapshot["next"]
                yield begun
                continue
            yield from page["results"]
            cursor = page["next"]
            if not page["has_more"] and not (wait and page["results"]):
                # Where nobody could wait, the answer came at once.
                self._rest(1 if wait else POLL_SECONDS)

    def mirror(self, plan: str, *, wait: int = 25) -> Iterator[Change | Begun]:
        """A plan's record, and from then on every change of it: all that a copy needs to stay one."""
        begun = self._begun(plan)
        yield begun
        yield from self.changes(plan, since=begun.snapshot["next"], wait=wait)

    def _begun(self, plan: str) -> Begun:
        return Begun(self._insisting(lambda: self.get(f"plans/{plan}/snapshot")))

    def _page(self, plan: str, cursor: str, wait: int) -> Any:
        return self.get(f"plans/{plan}/changes", since=cursor, limit=1000, **({"wait": wait} if wait else {}))

    def _insisting(self, ask: Callable[[], Any]) -> Any:
        """Asks until there is an answer, waiting longer each time. Raises Problem where asking again is of no use."""
        failures = 0
        while True:
            try:
                return ask()
            except Problem as problem:
                if problem.status not in WORTH_ASKING_AGAIN:
                    raise
                least = problem.retry_after or 0
            except OSError:
                least = 0
            pause = min(SHORTEST_BACK_OFF * 2**failures, LONGEST_BACK_OFF)
            self._rest(max(pause, least))
            failures += 1

    def _rest(self, seconds: float) -> None:
        self._sleep(seconds * (1 + JITTER * self._chance()))

    def _address(self, path: str, asked: Mapping[str, Any]) -> str:
        address = path if "://" in path else f"{self.root}/{path.lstrip('/')}"
        return f"{address}?{urllib.parse.urlencode(asked, doseq=True)}" if asked else address

    def _told(self, address: str) -> _Answer:
        answer = self._ask(address)
        if answer is None:
            raise OSError("not modified, though nothing was held")
        return answer

    def _ask(self, address: str, *, tag: str = "") -> _Answer | None:
        """The answer, or None where what the reader holds is still true."""
        headers = {"Accept": "application/json"}
        if tag:
            headers["If-None-Match"] = tag
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        request = urllib.request.Request(address, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # nosec B310
                told = answer.headers
                seconds = float(told.get("X-Poll-Interval") or POLL_SECONDS)
                return _Answer(json.load(answer), told.get("ETag"), seconds)
        except urllib.error.HTTPError as refused:
            with refused:
                if refused.code == 304:
                    return None
                raise _problem(refused) from None


def _problem(refused: urllib.error.HTTPError) -> Problem:
    try:
        told = json.load(refused)
    except ValueError:
        # Something between the reader and the site answered.
        told = {"detail": refused.reason}
    after = refused.headers.get("Retry-After") or ""
    return Problem(told if isinstance(told, dict) else {}, refused.code, float(after) if after.isdigit() else None)
