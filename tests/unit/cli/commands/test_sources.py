"""Where a value of a card comes from, as a terminal tells it."""

from __future__ import annotations

from typing import Any

import pytest

from cli.commands.ask import describe_source

SAID = {"spans": [{"text": "friday"}]}


@pytest.mark.parametrize(
    ("source", "shown", "told"),
    [
        ({"kind": "prompt", "reading": "friday → 27 Nov 2026", **SAID}, "27 Nov 2026", "you said ‘friday’"),
        (
            {"kind": "prompt", "reading": "friday → 27 Nov 2026", **SAID},
            "1 Dec 2026",
            "you said ‘friday’ (friday → 27 Nov 2026)",
        ),
        (
            {"kind": "record", "field": "id", "label": "Ada Berg", "via": ["loan 7"], "spans": []},
            "Ada Berg",
            "looked up through loan 7",
        ),
        (
            {"kind": "record", "field": "id", "label": "Ada Berg", "via": [], "spans": [], "reading": "all 3 lenders"},
            "Ada Berg",
            "looked up (all 3 lenders)",
        ),
        (
            {"kind": "record", "field": "due_day", "label": "loan 7", "via": [], "spans": []},
            "27 Nov 2026",
            "due day of loan 7",
        ),
    ],
)
def test_a_source_repeats_nothing_that_stands_beside_it(source: dict[str, Any], shown: str, told: str) -> None:
    assert describe_source(source, shown) == told
