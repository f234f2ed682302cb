"""Labels: days and actions as people say them."""

from __future__ import annotations

from web.console import labels


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


def test_a_description_that_only_repeats_the_title_is_left_out() -> None:
    assert labels.describe_beyond("Send an email", "Send an email.") == ""
    assert labels.describe_beyond("Send an email", "Send an email to one person.") == "Send an email to one person."
