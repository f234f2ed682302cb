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
        ("ORD-2026-10-03, 2026-10-03T12:00:00Z", "ORD-2026-10-03, 2026-10-03T12:00:00Z"),
    ],
    ids=["a label", "no day at all", "what was typed", "a part of something else"],
)
def test_days_of_a_record_are_said_as_people_write_them(text: str, said: str) -> None:
    assert labels.say_days(text) == said


def test_actions_alike_are_counted_and_others_named_once() -> None:
    assert labels.name_actions(["Close a ticket"] * 3) == "Close a ticket, 3 times"
    assert labels.name_actions(["Close a ticket", "Reply", "Reply"]) == "Close a ticket, Reply"
    assert labels.name_actions(["Reply"]) == "Reply"
    assert labels.name_actions([]) == ""


def test_lines_of_a_request_are_one_in_a_list_and_what_is_hidden_stays_spelled_out() -> None:
    assert labels.shorten("reply:\r\n\tyes,\n\nof course", 240) == "reply: yes, of course"
    assert labels.shorten("a\u202eb\u2028c", 240) == "a‹U+202E›b‹U+2028›c"
    assert labels.shorten("a\n" * 20, 10) == "a a a a a…"
