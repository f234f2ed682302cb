"""Quotes of a proposal are found where they stand in the request."""

from __future__ import annotations

import pytest

from agent.pipeline import Request
from agent.planning.proposal import Words
from agent.planning.quotes import find_in_request, find_places
from tests.unit.own_worlds import NOW


@pytest.mark.parametrize(
    ("text", "name", "place"),
    [
        ("renew tariqs loan", "tariq", (6, 11)),  # with the s of whose it is
        ("renew the loan of tariqsson", "tariq", None),
        ("renew both loans", "loan", None),  # a plural names others
    ],
)
def test_a_name_is_found_in_whose_something_is(text: str, name: str, place: tuple[int, int] | None) -> None:
    assert find_in_request(name, Request(text=text, now=NOW)) == place


def test_the_s_belongs_to_the_name() -> None:
    request = Request(text="renew tariqs loan", now=NOW)
    assert find_places(Words(text="tariq"), request) == [(6, 12)]
    assert find_places(Words(text="renew"), request) == [(0, 5)]
