"""A condition is answered by live data when the plan is made: what it was answered by is on the card and pinned."""

from __future__ import annotations

import pytest

from agent.pipeline import Condition, Plan, Question, Refusal
from agent.resolve.rules.resolver import RuleResolver
from connectors.saas.kinds import KINDS
from registry.offers.shortlist import Shortlist
from registry.records import Field, RecordKind
from tests.unit.agent.validate.fake_platform import OWNER, Case, invoice, params, spans, ticket, town

REFUND = ("saas.refund_invoice", {"invoice_id": "INV-1031"})


def when(condition: str, *, holds: bool = True) -> Case:
    case = Case(f"if {condition}, refund INV-1031", REFUND)
    made = Condition(spans=spans(case.request, condition), holds=holds)
    case.drafts = tuple(draft.model_copy(update={"condition": made}) for draft in case.drafts)
    return case


async def read(text: str) -> tuple[Case, Plan | Question | Refusal]:
    """Resolved by words alone and validated."""
    case = Case(text)
    offers = Shortlist(case.catalogue.offers(OWNER.role, "admin"))
    resolved = (await RuleResolver().draft(case.request, offers, KINDS)).resolution
    case.drafts = resolved.drafts  # type: ignore[union-attr]
    return case, await case.ask()


@pytest.mark.parametrize("condition", ["Adam Novak has any open invoices", "Berta Lind has no open invoices"])
async def test_where_it_holds_the_call_is_planned_and_the_card_says_why(condition: str) -> None:
    plan = await when(condition).plan()
    assert params(plan)["invoice_id"] == 31
    assert any(condition in reason and ": yes" in reason for reason in plan.held)


async def test_what_it_was_answered_by_is_pinned() -> None:
    plan = await when("Adam Novak has any open invoices").plan()
    assert {(pin.record_kind, pin.record_id) for pin in plan.steps[0].pins} >= {("invoice", "13"), ("invoice", "31")}


@pytest.mark.parametrize("condition", ["Adam Novak has no open invoices", "Berta Lind has any open invoices"])
async def test_where_it_does_not_hold_there_is_nothing_to_do(condition: str) -> None:
    refusal = await when(condition).refusal()
    assert refusal.code == "condition_unmet"
    assert condition in refusal.detail


async def test_the_other_branch_is_for_when_it_does_not_hold() -> None:
    assert (await when("Adam Novak has any open invoices", holds=False).refusal()).code == "condition_unmet"
    assert params(await when("Berta Lind has any open invoices", holds=False).plan())["invoice_id"] == 31


@pytest.mark.parametrize(
    "condition", ["it is raining", "Adam Novak has more than 3 open invoices", "Adam Novak has paid"]
)
async def test_what_can_not_be_looked_up_is_asked_about(condition: str) -> None:
    question = await when(condition).question()
    assert question.slot == "0.condition"


async def test_two_of_one_name_are_asked_about_before_anything_follows_from_them() -> None:
    question = await when("Adam has any open invoices").question()
    assert {each.id for each in question.candidates} == {"1", "2"}


async def test_words_of_a_condition_that_were_not_typed_decide_nothing() -> None:
    case = when("Adam Novak has any open invoices")
    (draft,) = case.drafts
    assert draft.condition is not None
    (span,) = draft.condition.spans
    forged = Condition(spans=(span.model_copy(update={"text": "Berta Lind has no open invoices"}),))
    case.drafts = (draft.model_copy(update={"condition": forged}),)
    assert (await case.question()).slot == "0.condition"


async def test_one_request_both_branches() -> None:
    text = "if Adam Novak has any open tickets, refund INV-1031, otherwise close ticket 5519"
    case, plan = await read(text)
    assert isinstance(plan, Plan)
    assert [step.action for step in plan.steps] == ["saas.refund_invoice"]
    case.platform.row("ticket", 5520)["status"] = "closed"
    again = await case.plan()
    assert [step.action for step in again.steps] == ["saas.close_ticket"]


async def test_every_record_counts_however_many_there_are() -> None:
    rows = town()
    rows["invoice"] = [invoice(100 + n, 3, "refunded", day=n % 28 + 1) for n in range(30)] + [
        invoice(31, 3, "open"),
        *rows["invoice"][:1],
    ]
    rows["ticket"] = [ticket(6000 + n, 3, "x", "closed") for n in range(60)] + [ticket(7000, 3, "y")]
    case = Case(
        "if Berta Lind has any open tickets, resend INV-1031",
        ("saas.resend_invoice", {"invoice_id": "INV-1031"}),
        rows=rows,
    )
    made = Condition(spans=spans(case.request, "Berta Lind has any open tickets"))
    case.drafts = tuple(draft.model_copy(update={"condition": made}) for draft in case.drafts)
    assert isinstance(await case.ask(), Plan)


DAY = RecordKind(
    name="site_day",
    title="Day",
    nouns=("day of the site",),
    id_field="date",
    label="{date}",
    order="date",
    fields=(Field("date", "date", "Date", ranged=True), Field("total_visits", "integer", "Total visits", ranged=True)),
)


def busy(words: str) -> Case:
    rows = {**town(), "site_day": [{"date": f"2026-11-{day:02d}", "total_visits": day} for day in range(1, 21)]}
    case = Case(f"if {words}, refund INV-1031", REFUND, rows=rows, kinds=(*KINDS, DAY))
    case.drafts = tuple(
        draft.model_copy(update={"condition": Condition(spans=spans(case.request, words))}) for draft in case.drafts
    )
    return case


@pytest.mark.parametrize(
    "words",
    [
        "total visits was more than 19 at any time since November 1",
        "total visits was ever at least 20",
        "total visits was less than 5 at any time since November 1",
    ],
)
async def test_a_number_that_ever_was_so(words: str) -> None:
    plan = await busy(words).plan()
    assert any(": yes, 2026-11-" in reason for reason in plan.held)


async def test_a_platform_that_does_not_look_between_bounds_proves_nothing() -> None:
    question = await busy("total visits was ever more than 20").question()
    assert question.slot == "0.condition"
    empty = busy("total visits was ever more than 20")
    empty.platform.rows["site_day"] = []
    assert (await empty.refusal()).code == "condition_unmet"
