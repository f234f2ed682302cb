"""What the speaker got, told from either side."""

from __future__ import annotations

import pytest

from language.converse_verbs import find_received


def _find(text: str) -> str | None:
    at = text.index("50")
    found = find_received(text, {at: at + 2})
    return None if found is None else f"{text[: found.start]}[{text[found.start : found.end]}]{text[found.end :]}"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("we got 50 from Ada", "we [got] 50 from Ada"),
        ("Ada just gave us 50 in cash", "Ada just [gave us] 50 in cash"),
        ("50 from Ada", "[]50 from Ada"),
        ("50 from January on", None),  # a price
        ("got 50 from Friday", None),
        ("got 50 back from Ada", None),
        ("Ada gave 50 to Bo", None),
        ("we gave 50 for it", None),
        ("never got 50 from Ada", None),
        ("got 50", None),
    ],
)
def test_money_from_somebody_is_found_with_its_verb(text: str, marked: str | None) -> None:
    assert _find(text) == marked
