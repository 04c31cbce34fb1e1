"""The forms in which an answer is told: JSON, and tables for spreadsheets where there is a row a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rest_framework.renderers import JSONRenderer

from provisions.api import Endpoint, Parameter
from provisions.api.asking import Number
from provisions.api.endpoint import EXPAND
from provisions.api.shape import Results
from provisions.api.tables import as_csv, as_xlsx


def as_json(told: Mapping[str, Any], shape: type) -> bytes:
    results = told.get("results")
    if not isinstance(results, Results):
        return _json(told)
    frame = _json({name: value for name, value in told.items() if value is not results})
    return b"".join((frame.removesuffix(b"}"), b',"results":[', b",".join(results.written(_json)), b"]}"))


def _json(told: Mapping[str, Any]) -> bytes:
    content: bytes = JSONRenderer().render(told)
    return content


@dataclass(frozen=True, slots=True)
class Form:
    """A media type, what an address that asks for it ends in, and how an answer is written so."""

    media_type: str
    suffix: str
    write: Callable[[Mapping[str, Any], type], bytes]
    # Whether a page holds so many results that a spreadsheet hardly needs another.
    is_table: bool = False
    # Whether the form itself is as small as can be.
    is_packed: bool = False

    @property
    def name(self) -> str:
        return self.suffix.removeprefix(".")

    @property
    def content_type(self) -> str:
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type

    def renderer(self) -> type[JSONRenderer]:
        """For the negotiation of REST framework, and for its problems, which are always told as JSON."""
        return type(
            f"{self.name.title()}Renderer", (JSONRenderer,), {"media_type": self.media_type, "format": self.name}
        )


JSON = Form("application/json", "", as_json)
TABLES = (
    Form("text/csv", ".csv", as_csv, is_table=True),
    Form(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".xlsx",
        as_xlsx,
        is_table=True,
        is_packed=True,
    ),
)


# What means nothing in a table: its columns are always the same, and nobody waits for a file.
NOT_OF_TABLES = ("fields", EXPAND, "wait")
IN_A_TABLE = 10_000


def parameters_of(endpoint: Endpoint, form: Form) -> tuple[Parameter, ...]:
    if not form.is_table:
        return endpoint.parameters
    return tuple(
        replace(each, highest=IN_A_TABLE, default=IN_A_TABLE) if isinstance(each, Number) else each
        for each in endpoint.parameters
        if each.name not in NOT_OF_TABLES
    )


def forms_of(endpoint: Endpoint) -> tuple[Form, ...]:
    return (JSON, *TABLES) if endpoint.tabular else (JSON,)
