"""Words that were used for something else than they say: a factor for an amount, who is left out for who is meant."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from agent.pipeline import Answer, Plan, Question, Request
from agent.planning.proposal import Call, Find, PlanResult, Proposal, QuotedText, RecordArgument, TypedValue, Words
from agent.planning.propose import Task, propose
from agent.resolve.model.resolver import ProposingResolver
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.coverage.misread import find_misread
from agent.validate.coverage.misread_texts import find_condition
from agent.validate.coverage.order import Order
from agent.validate.questions import REST
from evals.cases.frozen_world import FrozenWorld
from tests.unit import museum
from tests.unit.agent.validate.coverage.test_modifiers import CREDIT, verdict_of
from tests.unit.agent.validate.coverage.test_weighty import shop
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import ask
from tests.unit.nursery import NURSERY
from tests.unit.own_worlds import NOW, OWNER, Says, came_of, find, number, plan, world

RUN = "run_00000000000000000000000001"


async def read(text: str, name: str, *answers: Answer) -> Any:
    request = Request(text=text, now=NOW, answers=answers)
    return (await propose(Task(request, OWNER, world(name), RUN), RuleResolver())).verdict


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("waive F-233 2x", "lending"),
        ("waive F-233 x2", "lending"),
        ("waive F-233 in dollars", "lending"),
        ("waive F-233 in chf please", "lending"),
        ("waive F-233 as swiss francs", "lending"),
        ("waive 10 euros of F-233, us dollars please", "lending"),
        ("top up Joris by 30 in sek", "riding"),
        ("renew loan 502 by 7 days in dollars", "lending"),
        ("waive about 10 euros of F-233", "lending"),
        ("waive 10 euros or so of F-233", "lending"),
        ("waive 10 euros of F-233 or so", "lending"),
        ("renew loan 502 by 7 days, or something", "lending"),
        ("record 4300 grams for Mousse or thereabouts", "vet"),
        ("move job 805 to 4 December or so", "garage"),
        ("about 30 cheddar came in", "foodbank"),
        ("take >20 off bill 812", "vet"),
        ("take 20+ off bill 812", "vet"),
        ("record 4300 grams or so for Mousse", "vet"),
        ("renew prescription 901 by 4 more weeks or so", "vet"),
        ("discount bill 812 to 190 euros", "vet"),
        ("top up Joris to 30 euros", "riding"),
        ("cancel Bruno's visit not the one with Helena", "vet"),
        ("renew Clementine's Calmadine by 3 weeks", "vet"),
        ("book three visits for Pixel on 4 December", "vet"),
        ("book a visit for Pixel on 4 December for Mousse", "vet"),
        ("move job 805 to 4 December, afternoon", "garage"),
    ],
)
async def test_words_used_for_something_else_are_asked_about(text: str, name: str) -> None:
    verdict = await read(text, name)
    assert isinstance(verdict, Question), verdict
    assert verdict.slot in (REST, "0.pet_id/visit"), verdict


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("waive 10 euros of F-233", "lending"),
        ("waive F-233 in euros please", "lending"),
        ("waive F-233 in eur", "lending"),
        ("top up Joris by 30 euros", "riding"),
        ("set Pepper's weight to 18500 grams", "vet"),
        ("remind everyone with an open bill", "vet"),
        ("book a visit for Pixel on 4 December for a jab", "vet"),
    ],
)
async def test_the_same_said_plainly_is_planned(text: str, name: str) -> None:
    verdict = await read(text, name)
    assert isinstance(verdict, Plan), getattr(verdict, "text", verdict)


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("renew loan 502 for roughly 12 days", "lending", "roughly 12 days"),
        ("renew loan 502 by a fortnight or thereabouts", "lending", "a fortnight or thereabouts"),
        ("renew loan 502 by a good ten days", "lending", "a good ten days"),
        ("move lesson 601 roughly a fortnight later", "riding", "roughly a fortnight"),
        ("move lesson 601 two days later or so", "riding", "two days later or so"),
        ("book a visit for Pepper on Thursday or thereabouts", "vet", "Thursday or thereabouts"),
        ("book a visit for Pepper on about the 9th", "vet", "about the 9th"),
        ("book a visit for Pepper early on Thursday", "vet", "early on Thursday"),
        ("close room 103 for about a month", "hotel", "for about a month"),
        ("renew loan 502 for around a fortnight, he is ill", "lending", "around a fortnight"),
    ],
)
async def test_a_rough_length_or_day_is_not_taken_for_that_one(text: str, name: str, said: str) -> None:
    verdict = await read(text, name)
    assert isinstance(verdict, Question), verdict
    assert verdict.slot == REST
    assert verdict.text.startswith(f"You also wrote ‘{said}’, and I can't do that part."), verdict.text


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("move visit 701 to Thursday-ish", "vet", "to Thursday-ish"),
        ("renew loan 502 to 12 days", "lending", "to 12 days"),
    ],
)
async def test_what_the_plan_uses_otherwise_is_no_part_that_cannot_be_done(text: str, name: str, said: str) -> None:
    verdict = await read(text, name)
    assert isinstance(verdict, Question), verdict
    assert verdict.text.startswith(f"I'm not sure that I read ‘{said}’ as you mean it. Should I do this: "), (
        verdict.text
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("renew loan 502 for a fortnight", "lending"),
        ("move lesson 601 a fortnight later", "riding"),
        ("book a visit for Pepper on Thursday", "vet"),
        ("renew loan 502 for 10 days, he called about it", "lending"),
        ("close room 103 until Friday because some guests complained about a smell", "hotel"),
    ],
)
async def test_a_plain_length_or_day_stands(text: str, name: str) -> None:
    verdict = await read(text, name)
    assert isinstance(verdict, Plan), getattr(verdict, "text", verdict)


@pytest.mark.parametrize(
    ("said", "done"),
    [
        ("add chairs for Glass Bells to 30", False),
        ("add chairs to a total of 30 for Glass Bells", False),
        ("add 30 chairs to Glass Bells", True),
    ],
)
async def test_what_shall_be_there_is_not_added_to_it(said: str, done: bool) -> None:
    counts = {"exhibit_id": {"type": "integer"}, "count": {"type": "integer"}}
    notes = {"exhibit_id": {"record": "exhibit"}, "count": {"unit": "count", "label": "Chairs"}}
    add = museum._offer("add_chairs", "Add chairs", counts, notes)
    chairs = FrozenWorld({"contracts": [add], "kinds": museum._KINDS, "records": museum._RECORDS})
    assert isinstance((await ask(chairs, said)).verdict, Plan if done else Question)


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("Karl Beck's bill is paid, 10 is open", False),
        ("mark Karl Beck's bill as paid, 10 are still missing", False),
        ("Karl Beck paid, 10 was paid", True),
    ],
)
async def test_what_is_said_of_a_number_tells_whether_it_is_meant(text: str, *, stands: bool) -> None:
    verdict = (await ask(NURSERY, text)).verdict
    assert isinstance(verdict, Plan) == stands, verdict


@pytest.mark.parametrize("text", ["sell 2 moss mat", "sell 4 moss mat"])
async def test_a_digit_before_what_is_counted_is_no_short_word(text: str) -> None:
    there = NURSERY.context(NURSERY.provider({}))
    answer = plan({"action": "sell", "plant_id": find("plant", "moss mat"), "count": None, "client_id": None})
    task = Task(Request(text=text, now=NOW), OWNER, there, RUN)
    resolver = ProposingResolver(Says({"understood": "", "result": answer, "rest": []}))
    verdict = (await propose(task, resolver)).verdict
    assert isinstance(verdict, Question), verdict
    assert verdict.slot == REST


@pytest.mark.parametrize("text", ["scrap the tile cutter's motor", "scrap or move the sewing machine to front"])
async def test_no_part_or_place_is_the_reason_of_what_can_not_be_undone(text: str) -> None:
    verdict = await read(text, "lending")
    assert isinstance(verdict, Question), verdict
    assert verdict.slot == "0.reason"


async def test_a_choice_of_two_actions_is_asked_about_once_the_reason_is_known() -> None:
    verdict = await read("scrap or sell the tile cutter", "lending", Answer(slot="0.reason", text="rust"))
    assert isinstance(verdict, Question), verdict


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("1.500 euros", "‘1.500 euros’ can be 1.5 EUR or 1,500 EUR. Which is it?"),
        ("20.505 euros", "‘20.505 euros’ can be 20.505 EUR or 20,505 EUR. Which is it?"),
        ("7.5555 euros", "‘7.5555 euros’ has more decimals than EUR has. How much should it be?"),
    ],
)
async def test_an_amount_that_may_be_two_is_never_taken_for_one(said: str, asks: str) -> None:
    step = {**CREDIT, "amount": number(float(said.split()[0]), said, "EUR")}
    verdict = await verdict_of(f"give Hugo Bernard {said} of credit", step)
    assert isinstance(verdict, Question), verdict
    assert (verdict.slot, verdict.text) == ("0.amount", asks)


@pytest.mark.parametrize("days", [2, 5])
async def test_neither_end_of_a_range_is_taken_for_what_is_meant(days: int) -> None:
    step = {"action": "renew_loan", "loan_id": find("loan", "502"), "days": number(days, "2 to 5 days", "days")}
    verdict = await verdict_of("renew loan 502 by 2 to 5 days", step)
    assert isinstance(verdict, Question), verdict
    assert "2 to 5 days" in verdict.text


SCRAP = {"action": "scrap_item", "item_id": find("item", "belt sander")}


@pytest.mark.parametrize(
    ("reason", "stands"),
    [
        ("only if Ruth agrees", False),
        ("the motor is gone, unless Ruth mends it", False),
        ("as soon as Ruth has seen it", False),
        ("nobody knows if it still runs", True),
    ],
)
async def test_on_what_condition_is_no_reason(reason: str, stands: bool) -> None:
    step = {**SCRAP, "reason": {"value": reason, "quote": reason}}
    made = (await came_of(f"scrap the belt sander: {reason}", plan(step))).verdict
    assert isinstance(made, Plan if stands else Question), made
    asked = (await came_of("scrap the belt sander", plan({**SCRAP, "reason": None}))).verdict
    assert isinstance(asked, Question)
    answers = [Answer(slot=asked.slot, text=reason)]
    made = (await came_of("scrap the belt sander", plan(step), answers=answers)).verdict
    assert isinstance(made, Plan if stands else Question), made


def test_until_now_tells_how_it_was() -> None:
    assert find_condition("until now it ran well, the motor is worn out") is None
    assert find_condition("the motor is worn out, until Ruth mends it") is not None


async def test_words_of_an_answer_that_nothing_accounts_for_are_asked_about() -> None:
    step = {**SCRAP, "reason": {"value": "the motor is gone", "quote": "the motor is gone"}}
    asked = (await came_of("scrap the belt sander", plan({**SCRAP, "reason": None}))).verdict
    assert isinstance(asked, Question)
    answers = [Answer(slot=asked.slot, text="the motor is gone. Only for this week")]
    made = (await came_of("scrap the belt sander", plan(step), answers=answers, left=("Only for this week",))).verdict
    assert isinstance(made, Question)
    assert "Only for this week" in made.text


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("Folake Adeyemi has 2 people now", True),
        ("Folake Adeyemi has another 2 people now", False),
        ("Folake Adeyemi has 2 more people now", False),
        ("Folake Adeyemi: add 2 people", False),
        ("Folake Adeyemi has 2 people, one more than before", True),
    ],
)
async def test_a_change_is_no_final_number(text: str, stands: bool) -> None:
    step = {
        "action": "set_people",
        "household_id": find("household", "Folake Adeyemi"),
        "people": number(2, "2"),
    }
    made = (await came_of(text, plan(step), "foodbank")).verdict
    assert isinstance(made, Plan if stands else Question), made


@pytest.mark.parametrize(("told", "misread"), [(["7 Bells"], {"7"}), (["7", "Silver Bells", "row 7"], set())])
def test_a_number_belongs_to_a_name_only_where_it_stands_in_it(told: list[str], misread: set[str]) -> None:
    text = "set 7 Bells tickets aside"
    seats = TypedValue(value=7, quote=Words(text="7", start=4))
    bells = RecordArgument(reference=Find(record="exhibit", said=Words(text="Bells", start=6)))
    call = Call(action="museum.set_seats", arguments={"exhibit_id": bells, "seats": seats})
    contract = museum.MUSEUM.context(museum.MUSEUM.provider({})).catalogue.get("museum.set_seats")
    assert contract is not None
    order = Order(Request(text=text, now=NOW), Proposal(result=PlanResult(calls=(call,))), [contract], by_step=[told])
    assert {text[slice(*each)] for each in find_misread(order)} == misread


async def test_a_number_of_a_record_s_own_name_is_no_value() -> None:
    rows = [{**museum._RECORDS["exhibit"][0], "name": "7 Bells"}]
    there = FrozenWorld(
        {"contracts": museum._CONTRACTS, "kinds": museum._KINDS, "records": {**museum._RECORDS, "exhibit": rows}}
    )
    for text, stands in (("set 7 Bells to west", False), ("set 7 Bells to 7 seats", True)):
        quote = "7 seats" if stands else "7"
        step = {"action": "set_seats", "exhibit_id": find("exhibit", "Bells"), "seats": number(7, quote)}
        task = Task(Request(text=text, now=NOW), OWNER, there.context(there.provider({})), RUN)
        answer = {"understood": "", "result": plan(step), "rest": []}
        verdict = (await propose(task, ProposingResolver(Says(answer)))).verdict
        assert isinstance(verdict, Plan if stands else Question), verdict


@pytest.mark.parametrize(("note", "stands"), [("usd", False), ("eur", True), ("she pays in usd", True)])
async def test_a_note_that_only_says_a_currency_is_none(note: str, stands: bool) -> None:
    step = {**CREDIT, "amount": number(30, "30"), "note": {"value": note, "quote": note}}
    verdict = await verdict_of(f"give Hugo Bernard 30 credit ({note})", step)
    assert isinstance(verdict, Plan if stands else Question), getattr(verdict, "text", verdict)


@pytest.mark.parametrize(
    ("pick", "text", "stands"),
    [
        ("one", "give them 5 in usd", True),
        ("all", "give them 5 in usd", False),
        ("one", "give them 5 pln, no, euros", True),  # what a number is in is looked at with the number
        ("one", "give them 5, pln", False),
    ],
)
def test_a_currency_must_be_that_of_all_and_is_looked_at_once(
    pick: Literal["one", "all"], text: str, stands: bool
) -> None:
    contract = shop().catalogue.get("saas.apply_credit")
    assert contract is not None
    them = RecordArgument(reference=Find(record="customer", pick=pick))
    proposal = Proposal(result=PlanResult(calls=(Call(action=contract.name, arguments={"customer_id": them}),)))
    request = Request(text=text, now=NOW)
    order = Order(request, proposal, [contract], currencies=frozenset(("EUR", "USD")))
    assert (find_misread(order) == set()) is stands


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("put the Tile cutter in the cellar, it stands on the Wall", ["it stands on the Wall"]),
        ("put the Tile cutter in the cellar. It'll stand there", ["It'll stand there"]),
        ("put the Tile cutter in the cellar, it leaks", []),
        ("put the Tile cutter in the cellar, it leaks oil", []),
    ],
)
def test_a_text_told_in_the_action_s_own_verb_is_not_left_out(text: str, told: list[str]) -> None:
    contract = world("lending").catalogue.get("lending.set_shelf")
    assert contract is not None
    shelve = contract.model_copy(update={"description": "Put an item on a shelf, with a note of where it stands."})
    for arguments, found in (({}, told), ({"note": QuotedText(quote=Words(text="the Wall", start=47))}, [])):
        call = Call(action=contract.name, arguments=arguments)
        order = Order(Request(text=text, now=NOW), Proposal(result=PlanResult(calls=(call,))), [shelve])
        assert [text[slice(*each)] for each in sorted(find_misread(order))] == found


def _held(euros: int) -> dict[str, Any]:
    client, sum_ = find("client", "Nell Brook"), number(euros, f"{euros} euros", "EUR")
    return {
        "action": "hold_deposit",
        "client_id": client,
        "amount": sum_,
        "currency": {"value": "EUR", "quote": "euros"},
    }


@pytest.mark.parametrize(
    ("text", "sums", "twice"),
    [
        ("hold 60 euros from Nell Brook, 20 euros of it for the duvet", (60, 20), "‘20 euros of it’"),
        ("hold 60 euros from Nell Brook, including 20 euros for the duvet", (60, 20), "‘including 20’"),
        ("hold 60 euros from Nell Brook, and from Nell Brook", (60, 60), "‘60’"),
        ("hold 60 euros from Nell Brook and 20 euros from Nell Brook", (60, 20), ""),
    ],
)
async def test_no_sum_is_counted_in_two_calls(text: str, sums: tuple[int, int], twice: str) -> None:
    there = LAUNDRY.context(LAUNDRY.provider({}))
    answer = {"understood": "", "result": plan(*map(_held, sums)), "rest": []}
    task = Task(Request(text=text, now=NOW), OWNER, there, RUN)
    verdict = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(verdict, Question if twice else Plan), verdict
    if isinstance(verdict, Question):
        assert verdict.text == f"{twice} would be counted twice: say each sum by itself."
