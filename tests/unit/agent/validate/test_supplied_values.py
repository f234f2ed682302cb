"""Calls given as data: nothing is read out of words, and everything is checked as it is for words."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Draft, GivenSource, Plan, Question, Refusal, Request, SuppliedValue
from agent.validate.plan_builder import validate
from core.actor import Actor
from registry.catalogue import Catalogue
from registry.contract import Contract
from registry.records import Kinds
from tests.unit.agent.validate.fake_platform import NOW, OWNER, RUN, SAAS, Platform, contract, params, town


async def given(
    action: str, values: dict[str, Any], *, contracts: tuple[Contract, ...] = SAAS, actor: Actor = OWNER, text: str = ""
) -> Plan | Question | Refusal:
    held = {
        name: SuppliedValue(value=value, by="api", pointer=f"/params/{name}", ref="pk_1")
        for name, value in values.items()
    }
    return await validate(
        Request(text=text or action, now=NOW, given="api"),
        [Draft(action=action, given=held)],
        run_id=RUN,
        actor=actor,
        catalogue=Catalogue(contracts),
        kinds=Kinds([Platform(town())]),
        confirmed_in_session=lambda digest: False,
    )


async def refused(action: str, values: dict[str, Any], **more: Any) -> tuple[str, str]:
    made = await given(action, values, **more)
    assert isinstance(made, Refusal), made
    (fault,) = made.faults
    return fault.pointer, fault.code


async def test_a_given_record_is_looked_up_pinned_named_and_its_source_says_who_gave_it() -> None:
    plan = await given("saas.refund_invoice", {"invoice_id": 11, "amount": 500})
    assert isinstance(plan, Plan)
    assert params(plan) == {"invoice_id": 11, "amount": 500, "currency": "EUR"}
    (step,) = plan.steps
    assert [(pin.record_kind, pin.record_id) for pin in step.pins] == [("invoice", "11")]
    first = step.filled[0]
    assert first.shown.startswith("INV-1011")
    assert first.source == GivenSource(by="api", pointer="/params/invoice_id", ref="pk_1", reading=first.source.reading)  # type: ignore[union-attr]
    assert plan.held, "the contract's policy counts for a given call too"


async def test_what_the_contract_takes_from_the_record_is_taken_when_it_is_not_given() -> None:
    plan = await given("saas.refund_invoice", {"invoice_id": 11})
    assert isinstance(plan, Plan)
    assert params(plan)["amount"] == 4900


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"invoice_id": 999}, "/params/invoice_id", "record_not_found"),
        ({"invoice_id": "INV-1011"}, "/params/invoice_id", "record_not_found"),
        ({"invoice_id": True}, "/params/invoice_id", "wrong_type"),
        ({"invoice_id": {"id": 11}}, "/params/invoice_id", "wrong_type"),
        ({"invoice_id": None}, "/params/invoice_id", "wrong_type"),
        ({"invoice_id": 13}, "/params/invoice_id", "record_not_allowed"),
        ({"invoice_id": 11, "currency": "USD"}, "/params/currency", "not_choosable"),
        ({"invoice_id": 11, "amount": "500"}, "/params/amount", "invalid"),
        ({"invoice_id": 11, "amount": -1}, "/params/amount", "invalid"),
        ({"invoice_id": 11, "amount": 2**60}, "/params/amount", "not_canonical"),
        ({"invoice_id": 11, "extra": 1}, "/params/extra", "unknown_parameter"),
        ({"invoice_id": 11, "__proto__": 1}, "/params/__proto__", "unknown_parameter"),
        ({}, "/params/invoice_id", "missing"),
    ],
)
async def test_a_value_that_will_not_do_is_refused_by_its_place(
    values: dict[str, Any], pointer: str, code: str
) -> None:
    assert await refused("saas.refund_invoice", values) == (pointer, code)


async def test_every_value_that_breaks_the_schema_is_named_at_its_own_depth() -> None:
    properties = {
        "days": {"type": "integer", "maximum": 3},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 2}},
    }
    act = contract(parameters={"type": "object", "additionalProperties": False, "properties": properties})
    made = await given("test.act", {"days": 9, "tags": ["ok", "long"]}, contracts=(act,))
    assert isinstance(made, Refusal)
    assert {fault.pointer for fault in made.faults} == {"/params/days", "/params/tags/1"}


async def test_what_describes_a_given_call_is_nobodys_words() -> None:
    told = "saas.resend_invoice for Berta Lind, refund 20 EUR"
    plan = await given("saas.refund_invoice", {"invoice_id": 11}, text=told)
    assert isinstance(plan, Plan)
    assert params(plan)["amount"] == 4900
    assert await refused("saas.resend_invoice", {}, text=told) == ("/params/invoice_id", "missing")


async def test_a_value_the_contract_lets_nobody_choose_is_refused() -> None:
    act = contract(
        parameters={
            "type": "object",
            "additionalProperties": False,
            "properties": {"mode": {"type": "string", "const": "x"}},
        },
        annotations={"mode": {"sources": ["default"]}},
    )
    assert await refused("test.act", {"mode": "y"}, contracts=(act,)) == ("/params/mode", "not_choosable")


async def test_another_currency_than_the_records_is_refused_even_where_it_may_be_said() -> None:
    (refund,) = (each for each in SAAS if each.name == "saas.refund_invoice")
    annotations = {name: each.model_dump(exclude_unset=True) for name, each in refund.annotations.items()}
    annotations["currency"]["sources"] = ["prompt", "record"]
    loose = contract("test.refund", parameters=refund.parameters, annotations=annotations)
    values = {"invoice_id": 11, "amount": 500, "currency": "USD"}
    assert await refused("test.refund", values, contracts=(loose,)) == ("/params/currency", "other_currency")
    assert isinstance(await given("test.refund", {**values, "currency": "EUR"}, contracts=(loose,)), Plan)


async def test_roles_count_for_a_given_call() -> None:
    support = Actor("ws_1", "key_1", "key", "bot", "support", "mem_1")
    made = await given("saas.refund_invoice", {"invoice_id": 11}, actor=support)
    assert isinstance(made, Refusal)
    assert made.code == "forbidden"


async def test_a_draft_with_given_values_is_refused_where_the_request_was_typed() -> None:
    held = {"invoice_id": SuppliedValue(value=11, by="api", pointer="/params/invoice_id", ref="pk_1")}
    made = await validate(
        Request(text="refund it", now=NOW),
        [Draft(action="saas.refund_invoice", given=held)],
        run_id=RUN,
        actor=OWNER,
        catalogue=Catalogue(SAAS),
        kinds=Kinds([Platform(town())]),
        confirmed_in_session=lambda digest: False,
    )
    assert isinstance(made, Refusal)
    assert made.code == "invalid"
