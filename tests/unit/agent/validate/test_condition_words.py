"""A policy's condition as a person would say it, and none where a sentence can't say it exactly."""

from __future__ import annotations

from typing import Any

import pytest

from agent.validate.condition_words import describe_condition
from registry.contract import Contract
from tests.unit.agent.validate.fake_platform import contract

PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "amount": {"type": "integer"},
        "currency": {"type": "string"},
        "fee": {"type": "integer"},
        "share": {"type": "integer"},
        "stay": {"type": "integer"},
        "reason": {"type": "string"},
        "notify": {"type": "boolean"},
        "items": {"type": "array", "items": {"type": "string"}},
        "guest_id": {"type": "string", "title": "Guest"},
        "vat": {"type": "string"},
    },
}
ANNOTATIONS = {
    "amount": {"unit": "money_minor", "currency_from": "currency", "label": "Amount"},
    "fee": {"unit": "money_minor", "currency": "JPY"},
    "share": {"unit": "percent"},
    "stay": {"unit": "days", "label": "Nights more"},
    "vat": {"label": "VAT number"},
}


def made(condition: str, **more: Any) -> Contract:
    policy = {"policy": "when", "condition": condition}
    return contract(parameters=PARAMETERS, annotations=ANNOTATIONS, confirmation=policy, **more)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("params.amount > 5000", "the amount is over 50.00 EUR"),
        ("params.amount >= 1250050", "the amount is 12,500.50 EUR or more"),
        ("5000 < params.amount", "the amount is over 50.00 EUR"),
        ("double(params.amount) <= 10.0", "the amount is 0.10 EUR or less"),
        ("params.fee < 90000", "the fee is under 90,000 JPY"),
        ("params.share > 20", "the share is over 20 %"),
        ("params.stay > 14", "it is more than 14 days"),
        ("params.stay >= 1", "it is 1 day or more"),
        ("params.reason == 'fraud'", "the reason is “fraud”"),
        ("params.vat != 'x'", "the VAT number is not “x”"),
        ("params.reason in ['fraud', 'a, b']", "the reason is “fraud” or “a, b”"),
        ("!(params.reason in ['fraud', 'loss'])", "the reason is neither “fraud” nor “loss”"),
        ("params.reason.contains('late')", "the reason contains “late”"),
        ("!params.reason.startsWith('x')", "the reason doesn't start with “x”"),
        ("params.notify", "“notify” is yes"),
        ("params.notify != true", "“notify” is no"),
        ("has(params.reason)", "the reason is given"),
        ("!has(params.reason)", "the reason isn't given"),
        ("'x' in params.items", "“x” is among the items"),
        ("size(params.items) > 3", "the items have more than 3 entries"),
        ("params.amount > records.guest_id.open_balance", "the amount is over the guest's open balance"),
        ("records.guest_id.email == null", "the guest's email isn't set"),
        ("params.amount > 5000 && params.share > 9", "the amount is over 50.00 EUR and the share is over 9 %"),
        ("!(params.amount > 5000 || params.share > 9)", "the amount is 50.00 EUR or less and the share is 9 % or less"),
    ],
)  # fmt: skip
def test_a_comparison_is_said_as_a_clause(condition: str, words: str) -> None:
    assert describe_condition(made(condition), {"currency": "EUR"}) == words


@pytest.mark.parametrize(
    "condition",
    [
        "params.amount * 2 > 5000",
        "params.share > 9 && (params.amount > 5000 || params.notify)",
        "params.items.exists(item, item == 'x')",
        "params.items[0] == 'x'",
        "params.notify ? true : false",
        "params.amount == params.fee + 1",
        "params.stranger > 3",
        "records.guest_id.address.city == 'Oslo'",
        "params.reason == 'a' == true",
        "!" * 150 + "params.notify",
        "(" * 15 + "params.notify" + ")" * 15,
    ],
)
def test_what_a_clause_cannot_say_exactly_has_no_words(condition: str) -> None:
    assert describe_condition(made(condition)) is None


def test_an_amount_whose_currency_a_call_decides_is_written_as_money_and_in_its_smallest_unit() -> None:
    words = "the amount is over 50.00 in a currency with cents (5,000 of its smallest unit)"
    assert describe_condition(made("params.amount > 5000")) == words


def test_a_contract_without_a_condition_has_no_words() -> None:
    assert describe_condition(contract()) is None


def test_text_of_a_condition_that_hides_characters_is_shown_plain() -> None:
    assert "\u202e" not in (describe_condition(made("params.reason == 'a\u202eb'")) or "")
