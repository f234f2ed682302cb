"""Text on pages: what is kept on one line."""

from __future__ import annotations

import pytest

from web.console.pages import split_whole


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Refund INV-1042 to <b>", ["INV-1042"]),
        ("2026-10-03, then 2026-10-04.", ["2026-10-03", "2026-10-04"]),
        ("paid 3 Oct 2026, not May 2026", ["3 Oct 2026"]),
        ("her e-mail address", []),
        ("xxxxxxxxxxxx-1 in the shop-of-the-5-roses", []),
        ("A-1 " * 1000, []),
    ],
    ids=["a number", "days", "a day in words", "a word", "what may be too long for a narrow screen", "many lines"],
)
def test_numbers_and_days_with_hyphens_stand_on_one_line(text: str, kept: list[str]) -> None:
    pieces = split_whole(text)
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, whole in pieces if whole] == kept
