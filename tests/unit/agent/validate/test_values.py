"""Values: read from the person's own words, derived, or defaulted; never from a resolver's say-so."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Choice, DefaultSource, Draft, Mention, Plan, PromptSource, RecordSource, Refusal, Span
from tests.unit.agent.validate.fake_platform import Case, contract, params


def schema(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": list(required)}


def act(text: str, arguments: dict[str, Any], parameters: dict[str, Any], **annotations: Any) -> Case:
    return Case(text, ("test.act", arguments), contracts=[contract(parameters=parameters, annotations=annotations)])


async def test_an_amount_derives_from_the_record_where_nobody_said_one() -> None:
    plan = await Case("refund Berta", ("saas.refund_invoice", {"invoice_id": "Berta"})).plan()
    amount = plan.steps[0].filled[1]
    assert (amount.param, amount.value, amount.shown) == ("amount", 2500, "25.00 EUR")
    assert isinstance(amount.source, RecordSource)
    assert (amount.source.record_id, amount.source.field) == ("31", "refundable")


async def test_an_amount_said_wins_over_a_derived_one_and_is_in_the_records_currency() -> None:
    plan = await Case("refund Berta 20", ("saas.refund_invoice", {"invoice_id": "Berta", "amount": "20"})).plan()
    amount = plan.steps[0].filled[1]
    assert (amount.value, amount.shown) == (2000, "20.00 EUR")
    assert isinstance(amount.source, PromptSource)
    assert params(plan)["currency"] == "EUR"


async def test_another_currency_than_the_records_is_asked_about_never_converted() -> None:
    question = await Case(
        "refund Berta 20 dollars", ("saas.refund_invoice", {"invoice_id": "Berta", "amount": "20 dollars"})
    ).question()
    assert (question.slot, question.code) == ("0.amount", "unreadable")
    assert "20.00 USD" in question.text
    assert "EUR" in question.text


async def test_the_amount_said_again_in_the_right_currency_goes_out() -> None:
    case = Case("refund Berta 20 dollars", ("saas.refund_invoice", {"invoice_id": "Berta", "amount": "20 dollars"}))
    await case.question()
    plan = await case.say("18 euros").plan()
    assert params(plan)["amount"] == 1800
    source = plan.steps[0].filled[1].source
    assert isinstance(source, PromptSource)
    assert [(span.origin, span.text) for span in source.spans] == [(1, "18 euros")]


async def test_a_currency_chosen_against_the_records_is_not_followed() -> None:
    drafts = ("saas.refund_invoice", {"invoice_id": "Berta", "currency": "dollars"})
    refusal = await Case("refund Berta in dollars", drafts).refusal()
    assert refusal.code == "invalid"
    assert "nothing is converted" in refusal.detail


async def test_a_currency_without_decimals_has_no_cents() -> None:
    case = Case("refund Berta 20", ("saas.refund_invoice", {"invoice_id": "Berta", "amount": "20"}))
    case.platform.row("invoice", 31)["currency"] = "JPY"
    plan = await case.plan()
    assert (params(plan)["amount"], plan.steps[0].filled[1].shown) == (20, "20 JPY")


async def test_an_amount_in_no_known_currency_is_asked_for() -> None:
    parameters = schema(
        ("amount", "currency"), amount={"type": "integer"}, currency={"type": "string", "pattern": "^[A-Z]{3}$"}
    )
    money = {"amount": {"unit": "money_minor", "currency_from": "currency"}}
    assert "currency" in (await act("pay 20", {"amount": "20"}, parameters, **money).question()).text
    plan = await act("pay 20 euros", {"amount": "20 euros"}, parameters, **money).plan()
    assert params(plan) == {"amount": 2000, "currency": "EUR"}


async def test_half_of_something_is_no_amount() -> None:
    question = await Case(
        "refund half of INV-1031", ("saas.refund_invoice", {"invoice_id": "INV-1031", "amount": "half"})
    ).question()
    assert (question.slot, question.code) == ("0.amount", "unreadable")


async def test_a_default_has_the_contract_as_its_source() -> None:
    parameters = schema(("speed",), speed={"enum": ["normal", "express"], "default": "normal"})
    filled = (await act("go", {}, parameters).plan()).steps[0].filled[0]
    assert (filled.value, filled.source) == ("normal", DefaultSource())


async def test_a_default_that_the_contract_forbids_as_a_source_is_asked_for() -> None:
    parameters = schema(("speed",), speed={"enum": ["normal", "express"], "default": "normal"})
    question = await act("go", {}, parameters, speed={"sources": ["prompt"]}).question()
    assert (question.code, question.missing) == ("missing", ("speed",))
    assert [each.id for each in question.candidates] == ["normal", "express"]


async def test_an_optional_parameter_nobody_spoke_of_is_left_out() -> None:
    assert params(await act("go", {}, schema(note={"type": "string"})).plan()) == {}


async def test_everything_missing_is_listed_and_one_thing_asked() -> None:
    parameters = schema(
        ("a", "b", "c"), a={"type": "string"}, b={"type": "boolean"}, c={"type": "integer", "default": 1}
    )
    question = await act("go", {}, parameters, a={"ask": "What is a?"}).question()
    assert (question.param, question.text, question.missing) == ("a", "What is a?", ("a", "b"))


async def test_an_enum_is_answered_by_choosing() -> None:
    case = act("go", {}, schema(("n",), n={"enum": [1, 2]}))
    await case.question()
    assert params(await case.choose("2").plan()) == {"n": 2}


@pytest.mark.parametrize("value", [1, "yes", None, "true"])
async def test_a_choice_that_is_no_member_of_the_closed_set_is_no_value(value: Any) -> None:
    question = await act("go loud", {"loud": (value, "loud")}, schema(("loud",), loud={"type": "boolean"})).question()
    assert question.code == "unreadable"


async def test_a_choice_for_an_open_parameter_counts_by_its_words_only() -> None:
    assert params(await act("say hello", {"text": ("evil", "hello")}, schema(text={"type": "string"})).plan()) == {
        "text": "hello"
    }


async def test_a_record_a_resolver_chose_by_id_is_looked_up_by_its_words() -> None:
    plan = await Case("refund INV-1031", ("saas.refund_invoice", {"invoice_id": (12, "INV-1031")})).plan()
    assert params(plan)["invoice_id"] == 31


@pytest.mark.parametrize(
    "span",
    [
        Span(start=0, end=4, text="evil"),
        Span(origin=3, start=0, end=4, text="go b"),
        Span(start=90, end=94, text="evil"),
        Span(start=2, end=3, text=" "),
    ],
)
async def test_words_that_do_not_stand_in_the_request_are_no_source(span: Span) -> None:
    case = act("go big", {}, schema(size={"type": "string"}))
    for argument in (Mention(spans=(span,)), Choice(value="evil", spans=(span,)), Mention(spans=())):
        case.drafts = (Draft(action="test.act", arguments={"size": argument}),)
        assert (await case.question()).code == "unreadable"


@pytest.mark.parametrize("name", ["timeout", "__proto__", "constructor", "prototype", "invoice_id ", "params"])
async def test_arguments_that_the_contract_does_not_declare_are_refused(name: str) -> None:
    refusal = await Case("refund Berta", ("saas.refund_invoice", {"invoice_id": "Berta", name: "Berta"})).refusal()
    assert refusal.code == "invalid"
    assert "is not a parameter of" in refusal.detail


async def test_a_prototype_key_is_refused_though_a_contract_declares_it() -> None:
    assert (await act("go", {}, schema(constructor={"type": "string", "default": "x"})).refusal()).code == "invalid"


async def test_a_value_the_schema_forbids_is_asked_again_when_a_person_said_it() -> None:
    question = await act(
        "wait 90 days", {"days": "90 days"}, schema(days={"type": "integer", "maximum": 30}), days={"unit": "days"}
    ).question()
    assert (question.slot, question.code) == ("0.days", "unreadable")


async def test_a_value_the_schema_forbids_is_refused_when_it_came_from_a_record() -> None:
    case = Case("refund Berta", ("saas.refund_invoice", {"invoice_id": "Berta"}))
    case.platform.row("invoice", 31)["refundable"] = 0
    assert (await case.refusal()).code == "invalid"


async def test_formats_are_asserted() -> None:
    parameters = schema(("address",), address={"type": "string", "format": "ipv4", "default": "999.1.2.3"})
    assert (await act("go", {}, parameters).refusal()).code == "invalid"


async def test_an_integer_beyond_what_json_carries_exactly_never_goes_out() -> None:
    case = act("set 99999999999999999999", {"n": "99999999999999999999"}, schema(n={"type": "integer"}))
    assert not isinstance(await case.ask(), Plan)


async def test_several_items_fill_an_array_in_order() -> None:
    parameters = schema(tags={"type": "array", "items": {"enum": ["red", "blue"]}})
    assert params(await act("tag blue and red", {"tags": ["blue", "red"]}, parameters).plan()) == {
        "tags": ["blue", "red"]
    }


async def test_several_items_for_one_value_are_asked_about() -> None:
    case = act("tag blue and red", {"tag": ["blue", "red"]}, schema(tag={"type": "string"}))
    assert (await case.question()).code == "unreadable"


async def test_a_contract_whose_records_nobody_provides_is_unavailable_not_guessed() -> None:
    case = act(
        "ship crate 7", {"crate": "crate 7"}, schema(("crate",), crate={"type": "integer"}), crate={"record": "crate"}
    )
    refusal = await case.refusal()
    assert isinstance(refusal, Refusal)
    assert refusal.code == "unavailable"


async def test_words_for_what_the_contract_derives_are_not_dropped_in_silence() -> None:
    parameters = schema(("invoice_id",), invoice_id={"type": "integer"}, total={"type": "integer"})
    notes = {
        "invoice_id": {"record": "invoice"},
        "total": {"derive": {"parameter": "invoice_id", "field": "total"}, "sources": ["record"]},
    }
    refusal = await act(
        "act on INV-1031 for 7", {"invoice_id": "INV-1031", "total": "7"}, parameters, **notes
    ).refusal()
    assert "always taken from" in refusal.detail
    assert (
        params(
            await act(
                "act on INV-1031 for 2500", {"invoice_id": "INV-1031", "total": "2500"}, parameters, **notes
            ).plan()
        )["total"]
        == 2500
    )


async def test_an_empty_text_of_the_record_that_fits_nothing_is_left_out() -> None:
    parameters = schema(
        ("customer_id",),
        customer_id={"type": "integer"},
        site={"type": "string", "format": "uri"},
        firm={"type": "string"},
    )
    kept = {"derive": {"parameter": "customer_id", "field": "company"}, "sources": ["prompt", "record"]}
    notes = {"customer_id": {"record": "customer"}, "site": kept, "firm": kept}
    made = params(await act("act on Berta", {"customer_id": "Berta"}, parameters, **notes).plan())
    assert "site" not in made  # in the place of an address it stands for none
    assert made["firm"] == ""
    needed = {**parameters, "required": ["customer_id", "site"]}
    refusal = await act("act on Berta", {"customer_id": "Berta"}, needed, **notes).refusal()
    assert refusal.detail.startswith("An empty text won't do for “site”")


@pytest.mark.parametrize("mention", ["INV-1031", "20 EUR of invoice INV-1031"])
async def test_an_amount_the_resolver_overlooked_is_asked_about_not_replaced_by_the_whole(mention: str) -> None:
    case = Case("refund 20 EUR of invoice INV-1031", ("saas.refund_invoice", {"invoice_id": mention}))
    question = await case.question()
    assert (question.slot, question.text) == ("0.amount", "You wrote ‘20 EUR’: what should “Amount” be?")
    assert params(await case.say("20 EUR").plan())["amount"] == 2000
