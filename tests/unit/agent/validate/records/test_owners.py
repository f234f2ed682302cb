"""Whose record is meant: named on the way, spoken of before, overlooked by the resolver, or the speaker's own."""

from __future__ import annotations

import pytest

from agent.pipeline import Answer, Plan, Question, RecordSource
from connectors.saas.kinds import KINDS
from core.actor import Actor
from registry.records import Field, RecordKind, Relation
from tests.unit.agent.validate.fake_platform import Case, contract, params, refund, town


async def test_his_means_the_customer_of_an_earlier_step() -> None:
    text = "suspend Berta because fraud and refund her last invoice"
    drafts = (
        ("saas.suspend_customer", {"customer_id": "Berta", "reason": "fraud"}),
        ("saas.refund_invoice", {"invoice_id": "her last invoice"}),
    )
    plan = await Case(text, *drafts).plan()
    assert params(plan, 0)["customer_id"] == 3
    assert params(plan, 1)["invoice_id"] == 31
    assert (plan.approvals, plan.expires_s, len(plan.held)) == (2, 900, 2)


async def test_his_with_nobody_named_before_is_asked() -> None:
    question = await refund("refund his last invoice").question()
    assert question.code == "missing"
    assert question.slot == "0.invoice_id/customer"


async def test_his_with_two_people_named_before_is_asked() -> None:
    text = "refund INV-1031, refund INV-1012, resend her last invoice"
    drafts = (
        ("saas.refund_invoice", {"invoice_id": "INV-1031"}),
        ("saas.refund_invoice", {"invoice_id": "INV-1012"}),
        ("saas.resend_invoice", {"invoice_id": "her last invoice"}),
    )
    question = await Case(text, *drafts).question()
    assert question.slot == "2.invoice_id/customer"
    assert {each.id for each in question.candidates} == {"1", "3"}


async def test_which_adam_is_asked_once_for_the_whole_request() -> None:
    text = "suspend Adam because fraud and refund Adam's last invoice"
    drafts = (
        ("saas.suspend_customer", {"customer_id": "Adam", "reason": "fraud"}),
        ("saas.refund_invoice", {"invoice_id": "Adam's last invoice"}),
    )
    case = Case(text, *drafts)
    await case.question()
    assert params(await case.choose("2").plan(), 1)["invoice_id"] == 21


OWNED = contract(
    parameters={
        "type": "object",
        "additionalProperties": False,
        "required": ["invoice_id", "customer_id"],
        "properties": {"invoice_id": {"type": "integer"}, "customer_id": {"type": "integer"}},
    },
    annotations={"invoice_id": {"record": "invoice", "of": "customer_id"}, "customer_id": {"record": "customer"}},
)


async def test_the_owner_passed_on_the_way_fills_its_own_parameter() -> None:
    text = "act on Berta's last invoice"
    plan = await Case(text, ("test.act", {"invoice_id": "Berta's last invoice"}), contracts=[OWNED]).plan()
    assert params(plan) == {"invoice_id": 31, "customer_id": 3}


async def test_the_owner_of_a_numbered_record_fills_its_parameter() -> None:
    plan = await Case("act on INV-1031", ("test.act", {"invoice_id": "INV-1031"}), contracts=[OWNED]).plan()
    assert params(plan) == {"invoice_id": 31, "customer_id": 3}


async def test_the_only_record_of_a_named_owner_fills_its_parameter() -> None:
    assert params(await Case("act for Berta", ("test.act", {"customer_id": "Berta"}), contracts=[OWNED]).plan()) == {
        "invoice_id": 31,
        "customer_id": 3,
    }


async def test_an_owner_and_a_record_of_somebody_else_contradict() -> None:
    case = Case(
        "act for Berta on INV-1012", ("test.act", {"customer_id": "Berta", "invoice_id": "INV-1012"}), contracts=[OWNED]
    )
    assert isinstance(await case.ask(), Question)


async def test_a_chain_of_relations_is_followed() -> None:
    line = RecordKind(
        "line",
        "Line",
        ("line", "lines"),
        (Field("id", "id", search="number"), Field("invoice_id", "id"), Field("what", search="text")),
        label="{what}",
        relations=(Relation("invoice", "invoice_id"),),
        order="id",
    )
    act = contract(
        parameters={
            "type": "object",
            "required": ["line_id", "customer_id"],
            "properties": {"line_id": {"type": "integer"}, "customer_id": {"type": "integer"}},
        },
        annotations={"line_id": {"record": "line", "of": "customer_id"}, "customer_id": {"record": "customer"}},
    )
    rows = {
        **town(),
        "line": [{"id": 7, "invoice_id": 31, "what": "Domain"}, {"id": 8, "invoice_id": 12, "what": "Server"}],
    }
    plan = await Case(
        "act on line for Berta",
        ("test.act", {"customer_id": "Berta"}),
        contracts=[act],
        rows=rows,
        kinds=(*KINDS, line),
    ).plan()
    assert params(plan) == {"line_id": 7, "customer_id": 3}


SELF = contract(
    surfaces=["customer"],
    roles=["customer"],
    parameters={"type": "object", "required": ["invoice_id"], "properties": {"invoice_id": {"type": "integer"}}},
    annotations={"invoice_id": {"record": "invoice"}},
)
BERTA = Actor("ws_1", "3", "identity", "Berta", "customer", "3")


async def test_my_invoice_is_the_speakers_on_the_customer_surface() -> None:
    case = Case(
        "act on my last invoice",
        ("test.act", {"invoice_id": "my last invoice"}),
        contracts=[SELF],
        actor=BERTA,
        surface="customer",
    )
    assert params(await case.plan())["invoice_id"] == 31


@pytest.mark.parametrize("words", ["INV-1012", "Adam Novak's last invoice", "invoice 12"])
async def test_a_customer_never_reaches_another_customers_record(words: str) -> None:
    case = Case(
        f"act on {words}", ("test.act", {"invoice_id": words}), contracts=[SELF], actor=BERTA, surface="customer"
    )
    question = await case.question()
    assert "Adam Novak" not in question.text.replace("called ‘Adam Novak’", "")
    assert not question.candidates


async def test_a_forged_choice_of_another_customers_record_is_refused() -> None:
    case = Case("act on an invoice", ("test.act", {}), contracts=[SELF], actor=BERTA, surface="customer")
    case.request = case.request.model_copy(
        update={"answers": (Answer(slot="0.invoice_id", choice="12", label="INV-1012"),)}
    )
    assert not isinstance(await case.ask(), Plan)


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("give Berta Lind her money back for the last invoice", "the last invoice"),
        ("refund the last invoice to Berta Lind", "the last invoice"),
        ("refund the invoice of berta.lind@example.com", "the invoice"),
        ("refund Berta Lind her last invoice", "her last invoice"),
        ("refund Berta Lind her last invoice", "Berta Lind her last invoice"),
    ],
)
async def test_an_owner_that_the_resolver_overlooked_is_still_the_owner(text: str, mention: str) -> None:
    plan = await refund(text, mention).plan()
    assert params(plan)["invoice_id"] == 31
    source = plan.steps[0].filled[0].source
    assert isinstance(source, RecordSource)
    assert source.via == ("customer Berta Lind",)


async def test_an_owner_nobody_knows_is_asked_about_rather_than_left_out() -> None:
    question = await refund("refund Zed Zebra for the last invoice", "the last invoice").question()
    assert "There is no customer ‘Zed Zebra’" in question.text


async def test_two_owners_that_could_be_meant_are_asked_about() -> None:
    question = await refund("refund the last invoice to Berta Lind or to Cleo Marsh", "the last invoice").question()
    assert {each.id for each in question.candidates} == {"3", "4"}


async def test_the_last_invoice_after_somebody_was_spoken_of_is_theirs() -> None:
    drafts = (
        ("saas.suspend_customer", {"customer_id": "Berta", "reason": "fraud"}),
        ("saas.refund_invoice", {"invoice_id": "the last invoice"}),
    )
    plan = await Case("suspend Berta because fraud and refund the last invoice", *drafts).plan()
    assert params(plan, 1)["invoice_id"] == 31


async def test_a_required_record_nobody_spoke_of_is_the_only_one_of_who_was_named() -> None:
    assert params(await Case("refund Berta Lind", ("saas.refund_invoice", {})).plan())["invoice_id"] == 31


async def test_a_person_named_beside_the_noun_must_pass_the_filter_too() -> None:
    question = await Case(
        "unlock the account of Berta Lind", ("saas.unsuspend_customer", {"customer_id": "the account"})
    ).question()
    assert question.text == "Berta Lind is active; this needs a suspended customer."


async def test_a_customer_told_by_an_invoice_alone_is_asked_about() -> None:
    said = {"customer_id": "the customer of invoice INV-1031"}
    question = await Case("unlock the customer of invoice INV-1031", ("saas.unsuspend_customer", said)).question()
    assert question.text == "There is no customer ‘INV-1031’."
