"""What a person answers decides, whichever way the question came about; what their answer does not settle is offered
again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.agent.validate.fake_platform import Case, customer, params, town

REFUND, SUSPEND = "saas.refund_invoice", "saas.suspend_customer"


def _passed_over() -> Case:
    """The name stands on no argument, and with a slip of the pen: whose invoice it is comes of the rest of the
    request."""
    return Case("refund adams last invoice", (REFUND, {"invoice_id": "last invoice"}))


def _shops() -> Case:
    rows = town()
    rows["customer"][0]["company"] = "Novak Brewing"
    rows["customer"][1]["company"] = "Nowak Transport"
    return Case("refund Adam's last invoice", (REFUND, {"invoice_id": "Adam's last invoice"}), rows=rows)


async def test_who_was_picked_for_a_name_in_passing_is_whose_it_is() -> None:
    case = _passed_over()
    asked = await case.question()
    assert {each.id for each in asked.candidates} == {"1", "2"}
    assert params(await case.choose("2").plan())["invoice_id"] == 21


async def test_who_was_typed_for_a_name_in_passing_is_whose_it_is() -> None:
    case = _passed_over()
    await case.question()
    assert params(await case.say("adam.nowak@example.com").plan())["invoice_id"] == 21


@pytest.mark.parametrize("made", [_passed_over, _shops])
async def test_an_answer_that_settles_nothing_is_asked_again_with_what_was_offered(made: Callable[[], Case]) -> None:
    case = made()
    offered = (await case.question()).candidates
    again = await case.say("the czech one").question()
    assert again.candidates == offered
    assert again.text.startswith("Which one is meant by ‘the czech one’ can't be told.")


async def test_an_answer_may_say_what_is_shown_of_one_candidate() -> None:
    case = _shops()
    await case.question()
    assert params(await case.say("the one with the brewery").plan())["invoice_id"] == 12


async def test_an_answer_that_is_said_of_two_candidates_picks_neither() -> None:
    rows = town()
    rows["customer"] = [
        customer(1, "Adam Novak", company="North Brewing"),
        customer(2, "Adam Nowak", company="South Brewing"),
    ]
    case = Case("suspend Adam", (SUSPEND, {"customer_id": "Adam"}), rows=rows)
    await case.question()
    assert len((await case.say("the brewery").question()).candidates) == 2
