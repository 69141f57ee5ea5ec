"""The JSON Schema of the machine contract, made from its structs, so that the two can't drift apart."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from momot.findings.contract import SCHEMA, Document


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of `momot.findings/1`."""
    (reference,), components = msgspec.json.schema_components([Document], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": SCHEMA,
        "description": "What `momot find --format json` prints.",
        **reference,
        "$defs": components,
    }


def schema_text() -> str:
    """The schema as the published file holds it, `docs/reference/findings.schema.json`."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
