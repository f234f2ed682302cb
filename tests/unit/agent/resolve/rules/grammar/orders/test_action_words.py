"""Predicates that an action's own texts bring about, and those that they only tell of the record before."""

from __future__ import annotations

import pytest

from agent.resolve.rules.grammar.orders.action_words import find_predicates
from registry.offers.offer import Offer


def find(text: str) -> frozenset[str]:
    return find_predicates(Offer("quay.do", 1, "Do it", text, {"type": "object", "properties": {}}))


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("Mark a crate as packed.", "pack"),
        ("Say that a crate is empty.", "empti"),
        ("Record when a crane is repaired.", "repair"),
        ("A key is back.", "back"),
    ],
)
def test_what_shall_be_true_is_a_predicate(text: str, predicate: str) -> None:
    assert find(text) == {predicate}


@pytest.mark.parametrize(
    "text",
    [
        "Take back a bill that has not been paid.",
        "Take back a bill that has been paid.",
        "Give away a berth which is free.",
        "Stop a pump while it is running.",
        "The crate is not packed.",
    ],
)
def test_what_the_record_is_before_is_no_predicate(text: str) -> None:
    assert find(text) == frozenset()
