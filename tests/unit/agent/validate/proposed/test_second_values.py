"""A record of a set that another call of the same action is for too is given two values: nothing is done."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Refusal
from tests.unit.own_worlds import came_of, find, number, plan

OPEN = {"state": "open", "not": False}
ALL = find("loan", None, OPEN, pick="all")


def renewed(loan: object, days: int) -> dict[str, object]:
    return {"action": "renew_loan", "loan_id": loan, "days": number(days, f"{days} days", "days")}


@pytest.mark.parametrize("turned", [False, True])
async def test_a_record_of_a_set_with_a_value_of_its_own_is_refused(turned: bool) -> None:
    steps = [renewed(ALL, 5), renewed(find("loan", "503"), 9)]
    text = "renew all open loans by 5 days and 503 by 9 days"
    made = (await came_of(text, plan(*(reversed(steps) if turned else steps)))).verdict
    assert isinstance(made, Refusal), made
    assert "stands twice under “Renew a loan”" in made.detail


async def test_records_of_no_set_may_be_named_more_than_once() -> None:
    steps = [renewed(find("loan", "503"), 5), renewed(find("loan", "503"), 9)]
    made = (await came_of("renew 503 by 5 days and 503 by 9 days", plan(*steps))).verdict
    assert isinstance(made, Plan), made


async def test_a_set_and_a_record_beside_it_are_both_done() -> None:
    rest = find("loan", None, OPEN, {"except": find("loan", "503")}, pick="all")
    steps = [renewed(rest, 5), renewed(find("loan", "503"), 9)]
    made = (await came_of("renew all open loans except 503 by 5 days, and 503 by 9 days", plan(*steps))).verdict
    assert isinstance(made, Plan), made
    assert len(made.steps) == 4
