"""A condition about the record of its own call is about the one that is open to the call's action."""

from __future__ import annotations

from agent.pipeline import Plan
from tests.unit.own_worlds import came_of, find, number, plan


async def test_a_condition_is_not_about_a_record_that_the_action_does_not_take() -> None:
    loan = find("loan", None, {"belongs_to": find("member", "Ines Duarte")})  # of her two loans one is back
    renew = {"action": "renew_loan", "loan_id": loan, "days": number(7, "7 days", "days")}
    late = {"left": {"field": "status", "of": loan}, "op": "=", "right": {"word": "late", "quote": "late"}}
    step = {"if": [late], "join": "all", "then": [renew], "else": []}
    made = (await came_of("renew Ines Duarte's loan by 7 days if it is late", plan(step))).verdict
    assert isinstance(made, Plan), made
    assert {each.param: each.value for each in made.steps[0].filled}["loan_id"] == 501
