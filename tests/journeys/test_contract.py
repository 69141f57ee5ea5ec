"""The published JSON Schema and the page are the contract."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from momot.journeys.contract import Absent, Fact, Journey, schema_text
from momot.journeys.facts import _ABOUT
from momot.vocabulary import ABSENT_RULES, FACTS
from tests.contracts.docs_pages import DOCS, section

PAGE = DOCS / "reference" / "journey.md"


def test_the_published_schema_is_the_one_of_the_code(root: Path) -> None:
    """Where this fails: python -m momot.journeys.contract > docs/reference/journey.schema.json."""
    assert (root / "docs" / "reference" / "journey.schema.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("struct", [Journey, Fact, Absent], ids=lambda struct: struct.__name__)
def test_the_page_documents_exactly_the_fields(struct: type[msgspec.Struct]) -> None:
    listed = re.findall(r"^\| `(\w+)` \|", section(PAGE, struct.__name__), re.MULTILINE)
    assert listed == [field.encode_name for field in msgspec.structs.fields(struct)]


def test_the_page_lists_every_fact_and_every_rule_in_order() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", section(PAGE, "Facts"), re.MULTILINE)
    assert listed == [*FACTS, *ABSENT_RULES]
    assert tuple(_ABOUT) == FACTS
