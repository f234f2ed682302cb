"""The ends of ordered closed lists, and addresses as they are spoken."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agent.extract.parameter_reader import read_exact, scan
from agent.extract.scales import read_end
from registry.contract import Annotation

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SEVERITY = ("minor", "moderate", "major", "critical")
WARMTH = ("hot", "warm", "cold")


@pytest.mark.parametrize(
    ("words", "members", "meant"),
    [
        ("the highest", ("low", "medium", "high"), "high"),
        ("top", ("low", "normal", "high", "urgent"), "urgent"),  # one more stands behind "high"
        ("the lowest", ("urgent", "high", "normal", "low"), "low"),
        ("the highest", ("urgent", "high", "normal", "low"), "urgent"),
        ("as low as possible", ("low", "medium", "high"), "low"),
        ("as high as it gets", ("low", "normal", "high", "urgent"), "urgent"),
        ("maximum", SEVERITY, "critical"),
        ("the least", SEVERITY, "minor"),
        ("as cold as it goes", WARMTH, "cold"),
        ("the maximum", WARMTH, "hot"),
        ("as high as you", ("low", "medium", "high"), None),
        ("high", ("low", "medium", "high"), None),  # the member itself is read elsewhere
        ("the highest", ("starter", "pro", "business"), None),  # nothing tells its order
        ("the highest", ("normal", "high", "other"), None),  # in the middle, either way may be up
        ("the largest", ("low", "medium", "high"), None),
        ("the top shelf", ("low", "medium", "high"), None),
    ],
)
def test_the_ends_of_an_ordered_list_are_read(words: str, members: tuple[str, ...], meant: str | None) -> None:
    assert read_end(words, members) == meant


def test_an_end_counts_in_a_request_where_the_parameter_is_named() -> None:
    assert find("give the leak the highest severity", "severity", {"enum": [*SEVERITY]}) == ["critical"]
    assert find("move the highest leak to the front", "severity", {"enum": [*SEVERITY]}) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("rosa at kiln dot example", "rosa@kiln.example"),
        ("it's rosa dot lind at mail dot kiln dot example", "rosa.lind@mail.kiln.example"),
        ("rosa(at)kiln.example", "rosa@kiln.example"),
        ("rosa [at] kiln [dot] example please", "rosa@kiln.example"),
    ],
)
def test_an_address_is_read_as_it_is_spoken(text: str, address: str) -> None:
    schema = {"type": "string", "format": "email"}
    made = read_exact(text, name="email", schema=schema, annotation=Annotation(), now=NOW)
    assert made is not None
    assert made.value == address
    assert made.how.endswith(f"→ {address}")


@pytest.mark.parametrize("text", ["she is at home", "meet at 5. dot the i", "rosa at kiln"])
def test_no_address_is_made_of_other_words(text: str) -> None:
    assert find(text, "email", {"format": "email"}) == []


def test_a_written_address_is_taken_before_a_spoken_one() -> None:
    text = "meet rosa at kiln dot example, mail rosa@lind.example"
    assert find(text, "email", {"format": "email"}) == ["rosa@lind.example"]


def find(text: str, name: str, schema: dict[str, Any]) -> list[Any]:
    schema = {"type": "string", **schema}
    return [each.value for each in scan(text, name=name, schema=schema, annotation=Annotation(), now=NOW)]
