"""Code lists: every vocabulary of the record and the rule, with its definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from typing_extensions import TypedDict

from provisions.codebook import VOCABULARIES

from .asking import Asked, NotOnRecord, one_of
from .endpoint import Endpoint
from .shape import documented


@documented
class CodeShape(TypedDict):
    """One word of a vocabulary."""

    value: str | int
    """As it stands in answers and parameters."""
    label: str
    """As people read it."""
    short: str
    """The label where there is little room."""
    definition: str | None
    order: int
    """Its place in the vocabulary, from 1."""


@documented
class CodeList(TypedDict):
    """A vocabulary, in its order."""

    name: str
    url: str
    results: list[CodeShape]


@documented
class CodeLists(TypedDict):
    """All vocabularies."""

    results: list[CodeList]


def _codelist(asked: Asked) -> Mapping[str, Any]:
    name = asked.names["name"]
    if name not in VOCABULARIES:
        raise NotOnRecord(f"There is no code list '{name}'; {one_of(list(VOCABULARIES))}.")
    return _list(name, asked)


def _codelists(asked: Asked) -> Mapping[str, Any]:
    everything: CodeLists = {"results": [_list(name, asked) for name in VOCABULARIES]}
    return everything


def _list(name: str, asked: Asked) -> CodeList:
    return {
        "name": name,
        "url": asked.url("codelists", name),
        "results": [
            {
                "value": each.value,
                "label": str(each.label),
                "short": str(each.brief),
                "definition": str(each.definition) or None,
                "order": order,
            }
            for order, each in enumerate(VOCABULARIES[name], start=1)
        ],
    }


CODELISTS = Endpoint(
    name="codelists",
    path="codelists",
    about="codelists",
    summary="All code lists",
    description="Every vocabulary that answers use, with labels and definitions.",
    shape=CodeLists,
    answer=_codelists,
)

CODELIST = Endpoint(
    name="codelist",
    path="codelists/<slug:name>",
    about="codelists",
    summary="One code list",
    description="The words of one vocabulary in their order, with labels and definitions.",
    shape=CodeList,
    answer=_codelist,
)
