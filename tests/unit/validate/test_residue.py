"""Words that nothing has used hold a plan, and a name among them is looked up however it is written."""

from __future__ import annotations

import pytest

from agent.validate.residue import left_over
from registry.words import stem

KNOWN = frozenset(map(stem, ("refund", "invoice", "trial", "extend", "customer")))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("please refund the invoice, thanks", []),
        ("refund half of the invoice", ["half"]),
        ("extend the trial by two more weeks", ["two more weeks"]),
        ("refund invoice 1042 and 1050", ["1042", "1050"]),
        ("refund the invoice but not the trial", ["but not"]),
        ("refund all invoices except the first", ["all", "except", "first"]),
        ("give adam novak his invoice again", ["adam novak"]),
        ("can you refund the invoice for me right away", []),
    ],
)
def test_what_tells_something_and_was_not_used_is_left_over(text: str, left: list[str]) -> None:
    assert [span.text for span in left_over(text, [], KNOWN)] == left


def test_a_left_over_span_stands_where_it_says() -> None:
    text = "refund  half   of Adam's invoice"
    for span in left_over(text, [], KNOWN):
        assert text[span.start : span.end] == span.text
