"""The present of a case."""

from __future__ import annotations

import pytest

from evals.cases.reader import Case


@pytest.mark.parametrize(
    ("said", "now"),
    [
        ("2026-11-25T00:30:00+01:00", "2026-11-25T00:30:00+01:00"),
        ("2026-11-24T23:30:00Z", "2026-11-24T23:30:00+00:00"),
        ("2026-11-24T23:30:00", "2026-11-24T23:30:00+00:00"),
    ],
)
def test_a_case_keeps_the_day_of_the_clock_it_was_asked_by(said: str, now: str) -> None:
    case = Case("1", "s", "g", "what is due tomorrow?", None, "", {"now": said}, {"decision": "act"}, ())
    assert case.now is not None
    assert case.now.isoformat() == now
