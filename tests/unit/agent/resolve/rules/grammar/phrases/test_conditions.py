"""What an order depends on, read without a model, and what "it" is where it holds."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Refusal
from tests.unit.agent.resolve.rules.grammar.test_directions import calls_of, verdict_of
from tests.unit.marina import ask
from tests.unit.nursery import NURSERY


@pytest.mark.parametrize(
    "text",
    [
        "assign 807 to Tom if nobody is working on it",
        "assign 807 to Tom unless somebody is working on it",
        "if nobody has 807, give it to Tom",
        "unless someone has 807, give it to Tom",
    ],
)
async def test_whether_anyone_has_it_is_looked_up(text: str) -> None:
    assert await calls_of(text, "garage") == [{"job_id": 807, "mechanic_id": 3}]
    taken = await verdict_of(text.replace("807", "805"), "garage")
    assert isinstance(taken, Refusal)
    assert taken.code == "condition_unmet"


@pytest.mark.parametrize(
    ("text", "invoice"),
    [
        ("if Marcus Webb's november invoice isn't paid, resend it", 902),
        ("if Marcus Webb's November invoice has not been paid, resend it", 902),
        ("unless R-5102 is paid, resend it", 902),
        ("should Yuki Tanaka have an open bill, resend it", 903),
    ],
)
async def test_it_is_one_that_is_as_it_must_be(text: str, invoice: int) -> None:
    assert [each["invoice_id"] for each in await calls_of(text, "garage")] == [invoice]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("should Greta Holm have an open bill, text her: please pay", "Nothing was done: there is no such invoice."),
        ("if R-5103 has been paid, resend it", "Nothing was done: R-5103 is not paid."),
        ("if R-5101 hasn't been paid, resend it", "Nothing was done: R-5101 is paid."),
        ("unless Yuki Tanaka has an open bill, cancel job 805", "Nothing was done: R-5103 is open."),
    ],
)
async def test_nothing_is_done_where_it_does_not_hold_and_what_is_so_is_told(text: str, told: str) -> None:
    verdict = await verdict_of(text, "garage")
    assert isinstance(verdict, Refusal), verdict
    assert (verdict.code, verdict.detail) == ("condition_unmet", told)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("cancel Ida's visit if she hasn't paid", True),
        ("if Ida has not paid yet, cancel her visit", True),
        ("if ida hasn't paid cancel her visit", True),
        ("if Ida hasn't paid put her down as paid", True),
        ("cancel Karl's visit unless he has already paid", True),  # one bill of his is paid, and another isn't
        ("if Ida has paid, cancel her visit", False),
        ("cancel Karl's visit, but only if he has paid", False),
        ("cancel Ida's visit unless she hasn't paid", False),
    ],
)
async def test_whether_somebody_has_paid_is_looked_up(text: str, *, holds: bool) -> None:
    verdict = (await ask(NURSERY, text)).verdict
    assert isinstance(verdict, Plan if holds else Refusal), verdict


async def test_who_owes_nothing_has_paid_only_where_something_is_paid() -> None:
    verdict = (await ask(NURSERY, "if Lotte has paid, sell her a moss mat")).verdict
    assert isinstance(verdict, Refusal), verdict


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "top up Annika's account by 10 EUR if she has less than 5 EUR of balance",
            "Annika Berg (balance 25.00 EUR, not less than 5.00 EUR)",
        ),
        (
            "top up Pilar's account by 10 EUR unless she has more than 100 EUR balance",
            "Pilar Ortega (balance 120.00 EUR, more than 100.00 EUR)",
        ),
    ],
)
async def test_what_somebody_has_of_a_sum_is_no_count(text: str, told: str) -> None:
    verdict = await verdict_of(text, "riding")
    assert isinstance(verdict, Refusal), verdict
    assert verdict.detail == f"Nothing was done: {told}."


async def test_a_sum_that_no_field_holds_is_asked_about() -> None:
    verdict = await verdict_of("top up Annika's account by 10 EUR if she has more than 20 EUR fees", "riding")
    assert not isinstance(verdict, Plan), verdict


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("resend R-5102 if it was issued on 20 November", "R-5102 (issued on 19 Nov 2026)"),
        ("resend R-5102 unless it was issued on 19 November", "R-5102 (issued on 19 Nov 2026)"),
    ],
)
async def test_a_day_that_decides_is_no_state_of_the_record(text: str, told: str) -> None:
    verdict = await verdict_of(text, "garage")
    assert isinstance(verdict, Refusal), verdict
    assert verdict.detail == f"Nothing was done: {told}."
