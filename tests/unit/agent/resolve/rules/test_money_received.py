"""Money that the speaker got is paid by whoever it is from, and the payment waits for a person."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import ask


@pytest.mark.parametrize(
    "text",
    [
        "got 12 euros from Hotel Sole",
        "we've just received €12 from Hotel Sole",
        "Hotel Sole gave me 12 euros",
        "Hotel Sole just handed us 12 euros for load 804",
        "12 euros from Hotel Sole",
    ],
)
async def test_money_from_somebody_is_a_payment_of_theirs_and_waits(text: str) -> None:
    made = (await ask(LAUNDRY, text)).verdict
    assert isinstance(made, Plan), made
    (step,) = made.steps
    assert step.action.endswith("take_payment")
    assert {each.param: each.value for each in step.filled} == {"load_id": 804, "amount": 1200}
    assert made.held


@pytest.mark.parametrize(
    "text",
    [
        "we haven't got 12 euros from Hotel Sole",
        "Hotel Sole never gave me 12 euros",
        "did we get 12 euros from Hotel Sole",
        "I gave Hotel Sole 12 euros",
        "Hotel Sole gave 12 euros to Nell Brook",
        "Hotel Sole gave 12 euros back",
        "got 12 bags from Hotel Sole",
        "12 euros off from Hotel Sole",
        "12 euros from Friday for load 804",
    ],
)
async def test_what_is_denied_or_goes_elsewhere_is_no_payment(text: str) -> None:
    made = (await ask(LAUNDRY, text)).verdict
    payments = [each for each in made.steps if each.action.endswith("take_payment")] if isinstance(made, Plan) else []
    assert not payments, made
