"""Labels: days and actions as people say them."""

from __future__ import annotations

import pytest

from web.console import labels


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("INV-1042 · 49.00 EUR · paid 2026-10-03", "INV-1042 · 49.00 EUR · paid 3 Oct 2026"),
        ("2026-02-30 and 2026-12-24.", "2026-02-30 and 24 Dec 2026."),
        ("‘2026-10-03’ can be “2026-10-03”", "‘2026-10-03’ can be “2026-10-03”"),
        ("total 12500.00 EUR, 1200 JPY, 980.50 USD", "total 12,500.00 EUR, 1,200 JPY, 980.50 USD"),
        ("A-12500 EUR, 0.12500 EUR, in 2026, 5519 EURO", "A-12500 EUR, 0.12500 EUR, in 2026, 5519 EURO"),
        ("Budget 2026 VIP, flight 1234 JFK, 1234 USX", "Budget 2026 VIP, flight 1234 JFK, 1234 USX"),
        ("0012345 EUR, 0012345.00 EUR", "0012345 EUR, 0012345.00 EUR"),
        ("ORD-2026-10-03, 2026-10-03T12:00:00Z", "ORD-2026-10-03, 2026-10-03T12:00:00Z"),
    ],
    ids=[
        "a label",
        "no day at all",
        "what was typed",
        "amounts",
        "no amounts",
        "no currency",
        "a leading zero",
        "a part of something else",
    ],
)
def test_days_and_amounts_of_a_record_are_written_as_people_do(text: str, said: str) -> None:
    assert labels.write_out(text) == said


def test_actions_alike_are_counted_and_each_is_named_once() -> None:
    assert labels.name_actions(["Close a ticket"] * 3) == "Close a ticket, 3 times"
    assert labels.name_actions(["Close a ticket", "Reply", "Reply"]) == "Close a ticket, Reply twice"
    assert labels.name_actions(["Reply", "Close", "Reply", "Reply"]) == "Reply 3 times, Close"
    assert labels.name_actions(["Reply"]) == "Reply"
    assert labels.name_actions([]) == ""


def test_lines_of_a_request_are_one_in_a_list_and_what_is_hidden_stays_spelled_out() -> None:
    assert labels.shorten("reply:\r\n\tyes,\n\nof course", 240) == "reply: yes, of course"
    assert labels.shorten("a\u202eb\u2028c", 240) == "a‹U+202E›b‹U+2028›c"
    assert labels.shorten("a\n" * 20, 10) == "a a a a a…"
