"""What is told of a record of which a condition is denied."""

from __future__ import annotations

from agent.planning.proposal import AnyOf, BelongsTo, Compare, Except, Find, StateIs, Word, Words
from agent.resolve.rules.grammar.phrases.phrase_parts import negate_condition
from connectors.saas.kinds import INVOICE

CONDITION = Compare(field="currency", op="=", value=Word(word="EUR"))


def test_the_platforms_own_word_for_the_opposite_goes_first() -> None:
    assert negate_condition(INVOICE, StateIs(state="paid")) == StateIs(state="unpaid")
    assert negate_condition(INVOICE, StateIs(state="void")) == StateIs(state="void", negated=True)


def test_what_has_no_opposite_of_its_own_is_all_the_others() -> None:
    owner = BelongsTo(owner=Find(record="customer", said=Words(text="Ada")))
    for condition in (AnyOf(conditions=(CONDITION,)), owner):
        (denied,) = negate_condition(INVOICE, condition).conditions  # type: ignore[union-attr]
        assert denied == Except(left_out=Find(record="invoice", where=(condition,), pick="all"))
