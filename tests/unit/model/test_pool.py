"""Two minds on which action is meant become one."""

from __future__ import annotations

import pytest

from agent.resolve.pool import Minds

NONE = Minds.NONE


def test_shares_add_up_to_one_and_none_is_among_them() -> None:
    shares = Minds(words={"a": 0.5, "b": 0.2}, model={"a": 0.4, "c": 0.3, NONE: 0.3}).pooled()
    assert sum(shares.values()) == pytest.approx(1.0)
    assert set(shares) == {"a", "b", "c", NONE}


def test_what_both_find_fair_beats_what_only_one_is_sure_of() -> None:
    shares = Minds(words={"a": 0.5, "b": 0.45}, model={"a": 0.1, "b": 0.6, NONE: 0.3}).pooled()
    assert max(shares, key=lambda name: shares[name]) == "b"


def test_a_mind_that_finds_nothing_can_stop_one_that_is_not_sure_either() -> None:
    by_both = Minds(words={"a": 0.05}, model={"a": 0.6, NONE: 0.4}).pooled()
    assert by_both[NONE] > by_both["a"]


def test_no_mind_rules_an_action_out_for_good() -> None:
    shares = Minds(words={}, model={"a": 1.0}).pooled()
    assert shares["a"] > 0.0
    assert Minds(words={"a": 0.99}, model={NONE: 1.0}).pooled()["a"] > 0.0
