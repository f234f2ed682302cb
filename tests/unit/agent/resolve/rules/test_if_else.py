"""A request taken apart at its condition, or left whole."""

from __future__ import annotations

import pytest

from agent.resolve.rules.if_else import list_possible_branches


def parts(text: str) -> tuple[str, str, str | None] | None:
    made = next(iter(list_possible_branches(text)), None)
    if made is None:
        return None
    other = None if made.otherwise is None else text[slice(*made.otherwise)]
    return text[slice(*made.condition)], text[slice(*made.then)], other


@pytest.mark.parametrize(
    ("text", "condition", "then", "otherwise"),
    [
        ("if A has open invoices, cancel her subscription", "A has open invoices", "cancel her subscription", None),
        ("If A has open invoices cancel her subscription.", "A has open invoices", "cancel her subscription", None),
        ("cancel her subscription if A has no open invoices", "A has no open invoices", "cancel her subscription", None),  # noqa: E501
        ("if A has no tickets, close ticket 9, otherwise void INV-1", "A has no tickets", "close ticket 9", "void INV-1"),  # noqa: E501
        ("check if A has open invoices. If so, void INV-1. If not, resend it", "A has open invoices", "void INV-1", "resend it"),  # noqa: E501
        ("I think A has open invoices. If so, void INV-1", "A has open invoices", "void INV-1", None),
        (
            "I haven't met A in months. If it's longer than 2 days, close ticket 9",
            "I haven't met A in months. If it's longer than 2 days", "close ticket 9", None,
        ),
        ("can you look into whether A has open invoices? If so, void INV-1", "A has open invoices", "void INV-1", None),
        ("I think A has open invoices. Can you look into it and if so, void INV-1", "A has open invoices", "void INV-1", None),  # noqa: E501
        ("Does A have open invoices? If so, void INV-1", "Does A have open invoices", "void INV-1", None),
        ("close ticket 9 if nobody else has it", "nobody else has it", "close ticket 9", None),
        ("close ticket 9 unless A has it, or else void INV-1", "A has it", "close ticket 9", "void INV-1"),
        ("in case A has no tickets, close ticket 9", "A has no tickets", "close ticket 9", None),
        ("should A have paid, void INV-1", "A have paid", "void INV-1", None),
        ("if A has paid give him his money back", "A has paid", "give him his money back", None),
    ],
)  # fmt: skip
def test_condition_order_and_what_else(text: str, condition: str, then: str, otherwise: str | None) -> None:
    assert parts(text) == (condition, then, otherwise)


@pytest.mark.parametrize(
    "text",
    [
        "refund INV-1042",
        "refund INV-1042 if possible",
        "reply to ticket 9 with 'tell us if it works'",
        "if A has tickets, close ticket 9 and if B has tickets, close ticket 8",
        "if A has open invoices",
        "ticket 9 is fine. If A has open invoices, close ticket 8",
        "cancel it if A has tickets. Also void INV-1",
        "if A has tickets don't close ticket 9",
        "",
    ],
)
def test_what_can_not_be_taken_apart_stays_whole(text: str) -> None:
    assert list_possible_branches(text) == []
