"""Navigation: every page that an owner comes to from a place of it shows that place."""

from __future__ import annotations

import pytest

from core.actor import OWNER
from web.console.labels import Badge
from web.console.navigation import list_nav_items


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "Ask"),
        ("/runs/run_7", "Runs"),
        ("/contracts/shop.refund", "Contracts"),
        ("/draft", "Contracts"),
        ("/draft/check", "Contracts"),
        ("/import/review", "Contracts"),
        ("/rehearse", "Contracts"),
        ("/drafts", ""),
        ("/account", ""),
    ],
)
def test_a_page_shows_the_place_that_it_belongs_to(path: str, place: str) -> None:
    assert [each.label for each in list_nav_items(OWNER, path, {}) if each.here] == ([place] if place else [])


def test_who_does_not_see_a_place_is_not_told_of_it() -> None:
    assert "Members" not in [each.label for each in list_nav_items("support", "/members", {})]


def test_what_needs_attention_stands_at_its_place_alone() -> None:
    waiting = Badge("3 waiting", "wait")
    places = list_nav_items(OWNER, "/", {"/runs": waiting})
    assert [(each.label, each.alert) for each in places if each.alert] == [("Runs", waiting)]
