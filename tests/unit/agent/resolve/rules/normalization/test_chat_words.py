"""Words written short are written out, and numbers are left alone."""

from __future__ import annotations

import pytest

from agent.resolve.rules.normalization import write_out


def written(text: str) -> str:
    for start, end, word in sorted(write_out(text, {"weeks", "euros"}.__contains__), reverse=True):
        text = text[:start] + word + text[end:]
    return text


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("move ada 2 pro", "move ada to pro"),
        ("w/ 5 euros", "with 5 euros"),
        ("close 77 adn 78", "close 77 and 78"),
        ("two msgs of custs", "two messages of customers"),
        ("whats late that isnt paid", "what's late that isn't paid"),
        ("shift sundays load and yesterdays runs", "shift sunday's load and yesterday's runs"),
        ("void last months bills", "void last month's bills"),
    ],
)
def test_short_forms_are_written_out(text: str, full: str) -> None:
    assert written(text) == full


@pytest.mark.parametrize(
    "text",
    [
        "add 2 weeks",
        "give 4 euros",
        "sell the 4 oldest spare bikes",
        "his last 2 unpaid bills",
        'write "c u 2 day"',
        "INV-4 and B2",
        "open on sundays and tuesdays",
        "wash it sundays from 9",
        "give 2 weeks holiday",
        "sold 2 olive soap",
    ],
)
def test_numbers_codes_and_quotations_stay(text: str) -> None:
    assert written(text) == text
