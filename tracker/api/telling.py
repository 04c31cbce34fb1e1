"""What an endpoint is asked, and its answer: serialised once for each state of the record, and kept under it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation

from provisions import replica
from provisions.api import Asked, Endpoint, Head
from provisions.api.endpoint import Update
from provisions.assessing import one_moment

from .conditional import Question
from .forms import Form
from .packing import coding_for, packed
from .shelf import Shelf

# The pages beside one of a list, by the names that they have in its body and in the header Link.
BESIDE = (("next", "next"), ("previous", "prev"))
# Under this name a request carries what its answer stands for, to whoever keeps answers.
TOLD = "tracker.told"

# Asks an update's statement for news since a change.
AskForNews = Callable[[Update, str, int], str | None]


@dataclass(frozen=True, slots=True)
class Body:
    """A serialised answer, and the state of the record that it was made of."""

    state: str
    content: bytes
    link: str
    # Whether it gains by being packed.
    is_loose: bool
    _packed: dict[str, bytes | None] = field(default_factory=dict)
    _guard: Any = field(default_factory=threading.Lock)

    def in_coding(self, coding: str) -> bytes | None:
        """The content in a coding, made once; None where it is no smaller so."""
        if not self.is_loose:
            return None
        with self._guard:
            if coding not in self._packed:
                self._packed[coding] = packed(self.content, coding)
            return self._packed[coding]

    def headers(self, accept_encoding: str) -> tuple[dict[str, str], bytes]:
        """What the headers say of the body for a reader who takes such encodings; and the bytes."""
        content = self.in_coding(coding := coding_for(accept_encoding))
        told = {"Link": self.link} if self.link else {}
        if content is None:
            return told, self.content
        return {**told, "Content-Encoding": coding}, content


BODIES: Shelf[Body] = Shelf()


class Telling(NamedTuple):
    """A question to an endpoint, and the form in which it is answered."""

    endpoint: Endpoint
    form: Form
    asked: Asked
    question: Question

    @classmethod
    def of(cls, endpoint: Endpoint, form: Form, asked: Asked) -> Telling:
        # However long a reader wants to wait: the answer is the same.
        values = {name: value for name, value in asked.values.items() if name != "wait"}
        question = Question.of(endpoint.name, asked.names, values, asked.root, form.media_type)
        return cls(endpoint, form, asked, question)

    @property
    def plan(self) -> str:
        return self.asked.names.get("plan", "")

    @property
    def head(self) -> Head | None:
        """The head that the answer rests on."""
        return self.endpoint.head(self.asked)

    def tag(self, state: str) -> str:
        """The tag of the answer that is made of this state of the record."""
        return self.question.tag(state)

    def state(self) -> str:
        """The state of the record that the answer rests on."""
        return self.head.read(self.asked) if self.head else ""

    def body(
        self, state: Callable[[], str] | None = None, news: AskForNews | None = None, *, known: str | None = None
    ) -> Body:
        """The kept answer where the record stands where it stood, else a new one, made once for all who wait.

        `state` tells the state in a shorter way, `known` is what it told a moment ago, and `news` asks for what is new
        since an answer was made.
        """
        now = state or self.state
        kept = BODIES.get(self.question.key)
        if kept is not None and kept.state == (now() if known is None else known):
            return kept
        with BODIES.one_at_a_time(self.question.key):
            other = BODIES.get(self.question.key)
            if other is not None and other is not kept and other.state == now():
                return other
            with translation.override(settings.LANGUAGE_CODE):
                made = (self._updated(news) if news else None) or self._made()
            BODIES.put(self.question.key, made, size=len(made.content))
            return made

    def response(self, body: Body, accept_encoding: str) -> HttpResponse:
        """The answer as Django gives it."""
        headers, content = body.headers(accept_encoding)
        response = HttpResponse(content, content_type=self.form.content_type, headers=headers)
        response["ETag"] = f'"{self.tag(body.state)}"'
        if self.form.is_table:
            name = "-".join([*self.asked.names.values(), self.endpoint.name]) + self.form.suffix
            response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _updated(self, news: AskForNews) -> Body | None:
        """The answer, of what is known already and what is new."""
        update = self.endpoint.update
        if update is None or (since := update.since(self.asked)) is None:
            return None
        if (told := news(update, self.plan, since)) is None:
            return None
        found = update.answer(self.asked, told)
        return None if found is None else self._written(*found)

    def _made(self) -> Body:
        """The answer, of the record itself."""
        if self.endpoint.rests_on is None:
            return self._written("", self.endpoint.answer(self.asked))
        if replica.is_there() and (made := self._made_on_the_replica()) is not None:
            return made
        # State and body are read in one snapshot: a tag never stands on a body that is older than it.
        with one_moment():
            return self._written(self.state(), self.endpoint.answer(self.asked))

    def _made_on_the_replica(self) -> Body | None:
        """The answer of a copy of the record that has come as far as the record; None where it lags or is away."""
        now = self.state()
        with replica.on_the_replica(), one_moment():
            if self.state() == now:
                return self._written(now, self.endpoint.answer(self.asked))
        return None

    def _written(self, state: str, told: Mapping[str, Any]) -> Body:
        content = self.form.write(told, self.endpoint.shape)
        return Body(state, content, _link(told, self.asked), is_loose=not self.form.is_packed)


class Told(NamedTuple):
    """What was answered, and the state that the answer was made of or found unchanged at."""

    telling: Telling
    state: str


def _link(told: Mapping[str, Any], asked: Asked) -> str:
    """The pages beside this one, for those who do not read the body."""
    found = {rel: told[name] for name, rel in BESIDE if _is_address(told.get(name))}
    if told.get("has_more"):
        found["next"] = f"{asked.here}?{urlencode({**asked.given, 'since': told['next']}, doseq=True)}"
    return ", ".join(f'<{address}>; rel="{rel}"' for rel, address in found.items())


def _is_address(value: Any) -> bool:
    """Whether it leads to a page. What the feed calls next is a cursor."""
    return isinstance(value, str) and "://" in value
