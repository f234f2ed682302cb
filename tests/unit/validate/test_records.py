"""Which record is meant: found, or asked for; never picked where two could be."""

from __future__ import annotations

import pytest

from agent.pipeline import Answer, Plan, Question, RecordSource
from connectors.saas.kinds import KINDS
from core.actor import Actor
from core.errors import PlatformUnavailable
from registry.records import Field, RecordKind, Relation
from tests.unit.validate.world import Case, contract, customer, invoice, params, ticket, town


def refund(text: str, words: str | None = None, **more: object) -> Case:
    return Case(text, ("saas.refund_invoice", {"invoice_id": words or text.removeprefix("refund ")}), **more)  # type: ignore[arg-type]


async def test_two_adams_are_asked_about_by_the_field_that_tells_them_apart() -> None:
    question = await refund("refund Adam's last invoice").question()
    assert question.code == "ambiguous"
    assert question.slot == "0.invoice_id/customer"
    assert question.text == (
        "Two customers are called ‘Adam’: Adam Novak (adam.novak@example.com) or Adam Nowak (adam.nowak@example.com)?"
    )
    assert [each.id for each in question.candidates] == ["1", "2"]


async def test_the_adam_that_was_chosen_is_the_one_whose_last_paid_invoice_is_refunded() -> None:
    case = refund("refund Adam's last invoice")
    await case.question()
    plan = await case.choose("1").plan()
    assert params(plan) == {"invoice_id": 12, "amount": 9900, "currency": "EUR"}
    assert {(pin.record_kind, pin.record_id) for pin in plan.steps[0].pins} == {("invoice", "12"), ("customer", "1")}


async def test_an_answer_in_words_is_read_like_the_request() -> None:
    case = refund("refund Adam's last invoice")
    await case.question()
    assert params(await case.say("Adam Nowak").plan())["invoice_id"] == 21


async def test_the_last_answer_to_a_slot_counts() -> None:
    case = refund("refund Adam's last invoice")
    await case.question()
    case.choose("1")
    assert params(await case.choose("2").plan())["invoice_id"] == 21


async def test_a_chosen_record_that_has_gone_is_not_used() -> None:
    case = refund("refund Adam's last invoice")
    await case.question()
    case.choose("1")
    case.platform.rows["customer"] = [row for row in case.platform.rows["customer"] if row["id"] != 1]
    assert (await case.question()).code == "not_found"


async def test_a_chosen_record_must_still_pass_the_contracts_filter() -> None:
    case = refund("refund Adam Novak's invoice")
    await case.question()
    case.choose("12")
    case.platform.row("invoice", 12)["status"] = "refunded"
    assert "is refunded; this needs a paid invoice" in (await case.question()).text


async def test_a_whole_name_wins_over_a_part_of_one() -> None:
    rows = town()
    rows["customer"].append(customer(6, "Adam Novak Peters"))
    assert params(await refund("refund Adam Novak's last invoice", rows=rows).plan())["invoice_id"] == 12


async def test_the_words_on_the_way_are_the_source() -> None:
    plan = await refund("please refund Berta Lind's last invoice", "Berta Lind's last invoice").plan()
    source = plan.steps[0].filled[0].source
    assert isinstance(source, RecordSource)
    assert source.via == ("customer Berta Lind",)
    assert [span.text for span in source.spans] == ["Berta Lind's last invoice"]


async def test_a_name_alone_leads_to_its_only_record() -> None:
    assert params(await refund("refund Berta").plan())["invoice_id"] == 31


async def test_several_records_of_one_owner_are_asked_about() -> None:
    question = await refund("refund Adam Novak's invoice").question()
    assert question.slot == "0.invoice_id"
    assert [each.id for each in question.candidates] == ["12", "11"]


async def test_the_last_one_as_an_answer_keeps_whose_it_is() -> None:
    case = refund("refund Adam Novak's invoice")
    case.platform.rows["invoice"].append(invoice(99, 3, day=28))
    await case.question()
    assert params(await case.say("the last one").plan())["invoice_id"] == 12


async def test_the_first_invoice_is_the_oldest_that_fits() -> None:
    assert params(await refund("refund Adam Novak's first invoice").plan())["invoice_id"] == 11


async def test_the_biggest_invoice_goes_by_size() -> None:
    rows = town()
    rows["invoice"].append(invoice(14, 1, total=100, day=20))
    assert params(await refund("refund Adam Novak's biggest invoice", rows=rows).plan())["invoice_id"] == 12


async def test_two_records_at_one_place_are_asked_about() -> None:
    rows = town()
    rows["invoice"].append(invoice(14, 1, day=5))
    question = await refund("refund Adam Novak's last invoice", rows=rows).question()
    assert question.code == "ambiguous"
    assert {each.id for each in question.candidates} == {"12", "14"}


async def test_an_unnamed_record_among_many_is_never_picked() -> None:
    question = await refund("refund the invoice").question()
    assert question.code == "ambiguous"
    assert len(question.candidates) == 4


async def test_the_last_invoice_of_all_may_be_named_by_its_place() -> None:
    plan = await refund("refund the last invoice").plan()
    assert params(plan)["invoice_id"] == 12
    source = plan.steps[0].filled[0].source
    assert isinstance(source, RecordSource)
    assert source.reading == "the newest of 4 paid invoices"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Cleo's last invoice", "There is no paid invoice of Cleo Marsh. Cleo Marsh has 2 invoices, already refunded."),
        ("Dora's last invoice", "Dora Quist has no invoices."),
        ("Zed's last invoice", "There is no customer called ‘Zed’."),
        ("INV-9999", "There is no invoice ‘INV-9999’."),
        ("INV-1013", "INV-1013 · 49.00 EUR · open 2026-10-09 is open; this needs a paid invoice."),
    ],
)
async def test_nothing_found_says_what_was_looked_for(words: str, said: str) -> None:
    question = await refund(f"refund {words}").question()
    assert question.code == "not_found"
    assert question.text == said


async def test_a_state_the_contract_excludes_is_told() -> None:
    question = await refund("refund Adam Novak's unpaid invoice").question()
    assert question.text == "You asked for unpaid invoices, but this works on paid invoices only. Which one?"


async def test_a_slip_of_the_finger_is_asked_back_not_corrected() -> None:
    question = await refund("refund Bertta's last invoice").question()
    assert question.code == "not_found"
    assert question.text == "There is no customer called ‘Bertta’. Did you mean Berta Lind?"


async def test_a_number_is_looked_up_live() -> None:
    assert params(await refund("refund invoice INV-1031").plan())["invoice_id"] == 31
    assert params(await refund("refund invoice 1031").plan())["invoice_id"] == 31


async def test_a_number_of_somebody_elses_record_is_not_found() -> None:
    assert (await refund("refund Berta's invoice INV-1012").question()).code == "not_found"


async def test_an_address_finds_its_owner() -> None:
    assert params(await refund("refund the last invoice of adam.nowak@example.com").plan())["invoice_id"] == 21


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


async def test_the_platform_being_down_is_not_a_record_not_found() -> None:
    case = refund("refund Berta's last invoice")
    case.platform.down = True
    with pytest.raises(PlatformUnavailable):
        await case.ask()


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
        "line", "Line", ("line", "lines"), (Field("id", "id", search="number"), Field("invoice_id", "id"), Field("what", search="text")),
        label="{what}", relations=(Relation("invoice", "invoice_id"),), order="id",
    )  # fmt: skip
    act = contract(
        parameters={"type": "object", "required": ["line_id", "customer_id"],
                    "properties": {"line_id": {"type": "integer"}, "customer_id": {"type": "integer"}}},
        annotations={"line_id": {"record": "line", "of": "customer_id"}, "customer_id": {"record": "customer"}},
    )  # fmt: skip
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


MANY = contract(
    parameters={
        "type": "object",
        "required": ["tickets"],
        "properties": {"tickets": {"type": "array", "items": {"type": "integer"}, "maxItems": 3}},
    },
    annotations={"tickets": {"record": "ticket", "filter": {"status": ["open"]}}},
)


async def test_all_of_them_fills_an_array() -> None:
    rows = town()
    rows["ticket"].append(ticket(5521, 3, "Another", day=3))
    case = Case(
        "act on all of Berta's tickets",
        ("test.act", {"tickets": "all of Berta's tickets"}),
        contracts=[MANY],
        rows=rows,
    )
    assert sorted(params(await case.plan())["tickets"]) == [5519, 5521]


async def test_more_than_the_array_takes_is_asked_about() -> None:
    rows = town()
    rows["ticket"] += [ticket(6000 + day, 3, f"More {day}", day=day) for day in range(1, 6)]
    case = Case(
        "act on all of Berta's tickets",
        ("test.act", {"tickets": "all of Berta's tickets"}),
        contracts=[MANY],
        rows=rows,
    )
    assert (await case.question()).code == "ambiguous"


async def test_every_record_for_a_parameter_that_takes_one_is_asked_about() -> None:
    assert (await refund("refund all of Adam Novak's invoices").question()).code == "ambiguous"


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


async def test_the_customer_of_an_invoice_is_found_through_it() -> None:
    text = "unlock the customer of invoice INV-1031"
    case = Case(text, ("saas.unsuspend_customer", {"customer_id": "the customer of invoice INV-1031"}))
    case.platform.row("customer", 3)["status"] = "suspended"
    plan = await case.plan()
    assert params(plan) == {"customer_id": 3}
    assert {pin.record_kind for pin in plan.steps[0].pins} == {"customer", "invoice"}


async def test_a_number_after_a_preposition_is_the_records_own() -> None:
    assert params(await refund("refund the payment for INV-1031").plan())["invoice_id"] == 31


async def test_a_verb_that_is_also_a_state_does_not_hide_a_numbered_record() -> None:
    plan = await Case("void invoice INV-1013", ("saas.void_invoice", {"invoice_id": "void invoice INV-1013"})).plan()
    assert params(plan)["invoice_id"] == 13
