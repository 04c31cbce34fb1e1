"""How bodies are read: as JSON, no deeper nested than anything that we take."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 20


class Parser(JSONParser):
    """Whoever nests without end would otherwise run us out of stack."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            told = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise _too_deep() from None
        level = [told]
        for _ in range(DEEPEST):
            level = [inner for each in level for inner in _within(each)]
            if not level:
                return told
        raise _too_deep()


def _within(told: Any) -> list[Any]:
    match told:
        case dict():
            return list(told.values())
        case list():
            return told
        case _:
            return []


def _too_deep() -> ParseError:
    return ParseError(f"The body is nested more than {DEEPEST} levels deep.")
