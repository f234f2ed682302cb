"""Which record is meant: found, or asked for; never picked where two could be."""

from __future__ import annotations

import pytest

from agent.extract.references.value import Reference
from agent.pipeline import RecordSource
from agent.validate.records.located import find_place_word
from core.errors import PlatformUnavailable
from tests.unit.agent.validate.fake_platform import Case, contract, customer, invoice, params, refund, ticket, town


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
    assert ": this needs a paid invoice" in (await case.question()).text


async def test_a_whole_name_wins_over_a_part_of_one() -> None:
    rows = town()
    rows["customer"].append(customer(6, "Adam Novak Peters"))
    assert params(await refund("refund Adam Novak's latest invoice", rows=rows).plan())["invoice_id"] == 12


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
    question = await refund("refund Adam Novak's latest invoice", rows=rows).question()
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
    ("position", "count", "descending", "said"),
    [
        (1, 1, True, "the newest"),
        (1, 3, False, "one of the 3 oldest"),
        (2, 1, False, "number 2 from the oldest"),
    ],
)
def test_each_of_several_records_in_a_row_is_said_to_be_one_of_them(
    position: int, count: int, descending: bool, said: str
) -> None:
    assert find_place_word(Reference("invoice", position=position, descending=descending), count) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Cleo's last invoice", "There is no paid invoice of Cleo Marsh. Cleo Marsh has 2 invoices, already refunded."),
        ("Dora's last invoice", "Dora Quist has no invoices."),
        ("Zed's last invoice", "No customer is called ‘Zed’ here."),
        ("zedd's last invoice", "No customer is called ‘zedd’ here."),
        ("the last invoice of somebody", "I can't tell which customer you mean by ‘somebody’."),
        ("INV-9999", "There is no invoice ‘INV-9999’."),
        ("INV-1013", "INV-1013 · 49.00 EUR · open 9 Oct 2026: this needs a paid invoice."),
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
    assert question.text == "No customer is called ‘Bertta’ here. Did you mean Berta Lind?"


async def test_a_number_is_looked_up_live() -> None:
    assert params(await refund("refund invoice INV-1031").plan())["invoice_id"] == 31
    assert params(await refund("refund invoice 1031").plan())["invoice_id"] == 31


async def test_a_number_of_somebody_elses_record_is_not_found() -> None:
    assert (await refund("refund Berta's invoice INV-1012").question()).code == "not_found"


async def test_an_address_finds_its_owner() -> None:
    assert params(await refund("refund the latest invoice of adam.nowak@example.com").plan())["invoice_id"] == 21


async def test_the_platform_being_down_is_not_a_record_not_found() -> None:
    case = refund("refund Berta's last invoice")
    case.platform.down = True
    with pytest.raises(PlatformUnavailable):
        await case.ask()


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


async def test_the_last_of_many_is_found_by_one_look_at_that_end() -> None:
    rows = town()
    rows["invoice"] += [invoice(1000 + at, 5, "open" if at % 2 else "paid", day=1 + at % 28) for at in range(300)]
    rows["invoice"].append(invoice(99, 3, day=30))
    case = refund("refund the last invoice", rows=rows)
    plan = await case.plan()
    assert params(plan)["invoice_id"] == 99
    source = plan.steps[0].filled[0].source
    assert isinstance(source, RecordSource)
    assert source.reading == "the newest of more than 50 paid invoices"
    assert len(case.platform.asked) == 1


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


async def test_a_number_after_a_preposition_is_the_records_own() -> None:
    assert params(await refund("refund the payment for INV-1031").plan())["invoice_id"] == 31


async def test_a_verb_that_is_also_a_state_does_not_hide_a_numbered_record() -> None:
    plan = await Case("void invoice INV-1013", ("saas.void_invoice", {"invoice_id": "void invoice INV-1013"})).plan()
    assert params(plan)["invoice_id"] == 13
