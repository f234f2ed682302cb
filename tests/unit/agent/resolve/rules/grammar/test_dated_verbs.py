"""Which of a kind's days a verb speaks of."""

from __future__ import annotations

import pytest

from agent.resolve.rules.grammar.dated_verbs import (
    find_day_of_deed,
    find_day_of_state,
    find_said_owing,
    goes_on,
    join_verb,
)
from connectors.saas.kinds import CUSTOMER, INVOICE, SUBSCRIPTION, TICKET
from registry.records import Field, RecordKind


@pytest.mark.parametrize(
    ("kind", "word", "day"),
    [
        (INVOICE, "paid", "paid_at"),
        (INVOICE, "overdue", "due_at"),
        (SUBSCRIPTION, "begun", "started_at"),
        (SUBSCRIPTION, "finish", "trial_ends_at"),
        (CUSTOMER, "signed", "signed_up_at"),
        (INVOICE, "refunded", None),  # to refund is to pay, and to pay is no refund
        (TICKET, "painted", None),
    ],
)
def test_a_verb_is_read_as_another_only_where_each_says_the_other(kind: RecordKind, word: str, day: str | None) -> None:
    found = find_day_of_deed(kind, word, alike=True)
    assert (found.name if found else None) == day


def test_two_words_may_be_one_verb() -> None:
    assert join_verb("runs", "out") == "end"
    assert join_verb("runs", "well") == "runs"


def test_a_state_has_come_about_on_the_day_of_its_own_field() -> None:
    found = find_day_of_state(INVOICE, "refunded")
    assert found is not None
    assert found.name == "status_at"
    assert find_day_of_state(TICKET, "urgent") is None
    named = RecordKind(
        "x", "X", ("x",), (Field("state", "enum", "State", values=("a",)), Field("f", "date", "State since"))
    )
    since = find_day_of_state(named, "a")
    assert since is not None
    assert since.name == "f"


@pytest.mark.parametrize(
    ("stages", "more", "owing"),
    [
        (("unpaid", "paid", "shipped"), True, False),
        (("unpaid", "paid", "refunded", "written_off"), False, True),
    ],
)
def test_an_open_record_is_unpaid_only_where_nothing_comes_after_payment(
    stages: tuple[str, ...], more: bool, owing: bool
) -> None:
    fields = (Field("state", "enum", "State", values=stages), Field("total", "money_minor", "Total"))
    states = {each: {"state": (each,)} for each in stages}
    kind = RecordKind("order", "Orders", ("order",), fields, size="total", states=states)
    assert goes_on(kind) is more
    assert (find_said_owing("open", kind) is not None) is owing
    assert find_said_owing("unpaid", kind) is not None
