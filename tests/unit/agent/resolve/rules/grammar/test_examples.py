"""What is said like an action's own example asks for that action, whatever its verb is."""

from __future__ import annotations

import pytest

from agent.resolve.rules.grammar.orders.examples import find_exemplified
from registry.contract import Contract, parse
from registry.offers.offer import make_offer
from registry.offers.shortlist import Shortlist


def contract(name: str, *examples: str) -> Contract:
    return parse(
        {
            "schema": "opsiq/contract/v1", "name": f"inn.{name}", "title": name, "description": "It does.",
            "surfaces": ["admin"], "roles": ["owner"], "examples": list(examples),
            "parameters": {"type": "object", "additionalProperties": False, "properties": {}},
            "endpoint": {"url": "http://inn.example/act"},
        }
    )  # fmt: skip


INN = Shortlist(
    [
        make_offer(contract("prolong", "have Ada Berg sleep upstairs 2 nights more", "note for 12: late")),
        make_offer(contract("wake", "have the desk ring Ada Berg at 7", "do it")),
        make_offer(contract("both", "note for 14: early")),
    ],
    role="owner",
)


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("have Bo Holm sleep upstairs 5 nights more", "inn.prolong"),
        ("have Bo sleep upstairs two weeks more", "inn.prolong"),
        ("have the desk ring Olga Brandt at 9.", "inn.wake"),
    ],
)
def test_names_and_numbers_of_an_example_may_be_others(text: str, action: str) -> None:
    found = find_exemplified(text, INN)
    assert found is not None
    assert found.name == action


@pytest.mark.parametrize(
    "text",
    [
        "have Bo Holm sleep upstairs 5 nights less",
        "never have Bo Holm sleep upstairs 5 nights more",
        "have Bo Holm sleep 5 nights more",
        "note for 9: x",
        "do it",
        "",
        "have Bo sleep upstairs 2 nights more and ring Olga " * 20,
    ],
)
def test_another_word_two_actions_and_too_little_are_no_example(text: str) -> None:
    assert find_exemplified(text, INN) is None
