"""Conditions on fields that hold codes of countries and languages."""

from __future__ import annotations

from datetime import UTC

import pytest

from agent.query.conditions import filter_by_field
from agent.query.context import Plain
from registry.records import Field, Record

HARBOUR = Field("flag", "string", "Flag")
GUIDE = Field("tongue", "enum", "Tongue", values=("nl", "pt"))


@pytest.mark.parametrize(
    ("field", "held", "op", "said", "kept"),
    [
        (HARBOUR, "NL", "=", "the Netherlands", True),
        (HARBOUR, "NL", "=", "Norway", False),
        (HARBOUR, "Portugal", "=", "PT", True),
        (HARBOUR, "NL", "!=", "Netherlands", False),
        (HARBOUR, "NL", "!=", "Norway", True),
        (GUIDE, "pt", "=", "Portuguese", True),
        (GUIDE, "nl", "=", "Portuguese", False),
    ],
)
def test_a_country_or_language_is_found_by_its_name_where_records_have_codes(
    field: Field, held: str, op: str, said: str, kept: bool
) -> None:
    made = filter_by_field(field, op, Plain(said), UTC)
    record = Record(kind="boat", id="1", label="Gull", detail="", digest="", values={field.name: held})
    assert made is not None
    assert made.keeps(record) is kept
