"""The nearest known name: by its letters or its words, and not by what all names begin with."""

from __future__ import annotations

import pytest

from registry.hints import find_nearest

NAMES = ("barn.feed_horse", "barn.shoe_horse", "barn.stable.muck_out", "barn.lunge")


@pytest.mark.parametrize(
    ("said", "near"),
    [
        ("barn.feed_hrose", "barn.feed_horse"),
        ("bran.lunge", "barn.lunge"),
        ("barn.shoe", "barn.shoe_horse"),
        ("shoe_horse", "barn.shoe_horse"),
        ("barn.muck_out", "barn.stable.muck_out"),
        ("barn.sell", None),
        ("barn.x", None),
        ("barn", None),
        ("", None),
        ("barn." + "x" * 200, None),
    ],
)
def test_a_shared_beginning_makes_no_name_nearer(said: str, near: str | None) -> None:
    assert find_nearest(said, NAMES) == near
