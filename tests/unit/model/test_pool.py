"""Two minds on which action is meant become one."""

from __future__ import annotations

import pytest

from agent.resolve.pool import Doubt, Minds

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


def test_a_call_whose_needs_had_to_be_made_up_counts_for_less_and_one_that_was_all_said_for_no_more() -> None:
    def share(**doubts: Doubt) -> float:
        return Minds(words={"a": 0.3, "b": 0.3}, model={"a": 0.6, "b": 0.3}, doubts=doubts).pooled()["a"]

    assert share(a=Doubt.GROUNDLESS) < share(a=Doubt.LACKING) < share()
    assert share(b=Doubt.LACKING) > share()


def test_what_speaks_against_one_action_says_nothing_of_the_others() -> None:
    minds = Minds(words={"a": 0.2, "b": 0.4, "c": 0.2}, model={"a": 0.9}, doubts={"a": Doubt.GROUNDLESS}).pooled()
    assert minds["b"] / minds["c"] == pytest.approx(2.0)
