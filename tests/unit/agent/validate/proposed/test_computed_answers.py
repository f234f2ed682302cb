"""Computed answers: what an answer may say as an order would, and what of it must be asked about."""

from __future__ import annotations

import pytest

from agent.planning.proposal import Computed, ComputedArgument, Day, FieldOf, Handle
from agent.validate.proposed.computed_answers import read_computed
from connectors.saas.kinds import KINDS
from tests.unit.agent.extract.test_closed_sets import NOW
from tests.unit.agent.resolve.rules.grammar.test_understand import CATALOGUE


def read(text: str) -> ComputedArgument | None:
    contract = CATALOGUE.get("saas.extend_trial")
    assert contract is not None
    return read_computed(contract, KINDS, NOW, "days", text, 1)


@pytest.mark.parametrize("text", ["until 10 December", "give them until the 10th of December, please"])
def test_a_day_in_an_answer_is_counted_from_the_end_of_the_record(text: str) -> None:
    made = read(text)
    assert made is not None
    assert isinstance(made.expression, Computed)
    left, right = made.expression.a, made.expression.b
    assert isinstance(left, FieldOf)
    assert left.of == Handle(handle="@subscription_id")
    assert isinstance(right, Day)
    assert right.date == "2026-12-10"
    assert right.quote is not None
    assert text[right.quote.start or 0 :].startswith(right.quote.text)
    assert right.quote.origin == 1


@pytest.mark.parametrize(
    "text",
    [
        *(
            "until 10 December if she pays",
            "not until 10 December",
            "until 10 or 11 December",
            "until 10 December at most",
        ),
        *("until 10 December at most", "until about 10 December", "until 10 December?", "~ until 10 December"),
    ],
)
def test_a_computed_answer_with_a_word_that_changes_it_is_not_read(text: str) -> None:
    assert read(text) is None
