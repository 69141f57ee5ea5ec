"""The published JSON Schema is the contract, and every document keeps it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import msgspec
import pytest

from momot.findings import Findings, contract
from momot.findings.schema import json_schema, schema_text
from tests.contracts.docs_pages import section
from tests.findings.documents import ALL

STRUCTS = [value for name in contract.__all__ if isinstance(value := getattr(contract, name), type) and issubclass(value, msgspec.Struct)]


def test_the_published_schema_is_the_one_of_the_code(root: Path) -> None:
    """Where this fails: python -m momot.findings.schema > docs/reference/findings.schema.json."""
    assert (root / "docs" / "reference" / "findings.schema.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("name", ALL)
def test_documents_keep_the_schema(name: str) -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(Findings(ALL[name]()).to_json()), schema, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("path", "value"), [(("findings", 0, "verdict"), "certain"), (("effects", 0, "estimate"), None), (("schema",), "2")]
)
def test_a_document_that_breaks_the_contract_is_refused(path: tuple[str | int, ...], value: object) -> None:
    broken = json.loads(Findings(ALL["episode"]()).to_json())
    *parents, last = path
    target = broken
    for step in parents:
        target = target[step]
    target[last] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, json_schema(), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_the_page_documents_exactly_the_fields(struct: type[msgspec.Struct], root: Path) -> None:
    text = section(root / "docs" / "reference" / "findings.md", struct.__name__)
    listed = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert listed == [field.encode_name for field in msgspec.structs.fields(struct)]
