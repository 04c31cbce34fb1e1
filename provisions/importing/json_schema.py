"""The format of plan files as a JSON Schema, made from the classes that read them: for editors and other programs.

It says what one file may hold. What must hold between files, only an import can tell.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from provisions.agreement.words import Authority

from .schema import FileEntry


class _Generator(GenerateJsonSchema):
    """Writes defaults as a file would have them."""

    def encode_default(self, dft: Any) -> Any:
        return dft.word if isinstance(dft, Authority) else super().encode_default(dft)


def json_schema() -> str:
    """The schema as text."""
    made = FileEntry.model_json_schema(mode="validation", schema_generator=_Generator)
    for block in (made, *made["$defs"].values()):
        block["additionalProperties"] = False
        block.pop("title", None)
        for value in block["properties"].values():
            value.pop("title", None)
    whole = {"$schema": GenerateJsonSchema.schema_dialect, "title": "Plan file", **made}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"
