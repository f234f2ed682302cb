"""What is told behind an order changes it: exceptions, other orders, reports and what is left out after all."""

from __future__ import annotations

import pytest

from agent.extract.spans.politeness import strip_politeness
from agent.pipeline import Plan, Question, Request
from agent.planning.proposal import Call, Find, PlanResult, Proposal, RecordArgument, Words
from agent.planning.propose import Task, propose
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.coverage.order import Order
from agent.validate.coverage.told import find_exceptions, find_hedges
from agent.validate.questions import REST
from evals.cases.frozen_world import FrozenWorld
from tests.unit.agent.validate.coverage.test_set_against import verdict_of as model_verdict_of
from tests.unit.agent.validate.coverage.test_weighty import shop
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import ask, define, list_rows, offer, refer
from tests.unit.nursery import NURSERY
from tests.unit.own_worlds import NOW, OWNER, find, world


async def offline(name: str, text: str) -> Plan | Question:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    verdict = (await propose(task, RuleResolver())).verdict
    assert isinstance(verdict, Plan | Question), verdict
    return verdict


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("hotel", "waive all of Priya's charges, the restaurant she settles tonight", "the restaurant she settles"),
        ("hotel", "cancel all bookings of Jonas, 5009 is fine", "5009 is fine"),
        ("riding", "cancel all of Joris's lessons, 607 he rides", "607 he rides"),
        ("vet", "remind Tomasz of all his bills; 813 was settled at the desk", "813 was settled at the desk"),
        ("garage", "cancel 803 and 805, Fatima's stays as it is", "Fatima's stays as it is"),
        ("hotel", "waive all charges except Noor's minibar, that one as well", "that one as well"),
    ],
)
async def test_what_is_told_of_one_of_several_is_asked_about(name: str, text: str, told: str) -> None:
    verdict = await offline(name, text)
    assert isinstance(verdict, Question)
    assert verdict.slot == REST
    assert told in verdict.text, verdict.text


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("set visit 601 to checked off", "checked_off"),
        ("confirm visit 602", "confirmed"),
        ("confirm the visit of Karl Beck", "confirmed"),
    ],
)
async def test_a_participle_in_a_value_reports_nothing(text: str, stage: str) -> None:
    verdict = (await ask(NURSERY, text)).verdict
    assert isinstance(verdict, Plan), verdict
    assert verdict.steps[0].filled[1].value == stage


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hotel", "waive all of Priya's charges, the room was cold"),
        ("hotel", "waive all of Priya's charges, the restaurant and the parking"),
        ("garage", "cancel 803, 805"),
        ("riding", "write off all of Joris's fees, he had an accident"),
    ],
)
async def test_a_reason_for_all_and_a_list_of_them_are_no_exception(name: str, text: str) -> None:
    assert isinstance(await offline(name, text), Plan)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("garage", "cancel 805, call her", "call her"),
        ("garage", "cancel 805, inform reception", "inform reception"),
        ("hotel", "cancel 5011, ring her at home", "ring her at home"),
        ("hotel", "cancel 5011, her friend may still come", "her friend may still come"),
        ("hotel", "block 103, keep it open on Mondays", "keep it open on Mondays"),
        ("hotel", "block 103 for the evenings", "evenings"),
        ("hotel", "cancel 5011, that is how they want it, we won't do that", "we won"),
        ("garage", "let Tom have a look at 803", "have a look"),
        ("riding", "set Lotte to intermediate and the rider", "the rider"),
        ("riding", "move 603 to Friday and the day too", "the day too"),
        ("lending", "set the shelf of the Belt sander to cellar and the item", "the item"),
    ],
)
async def test_another_order_is_no_reason_and_is_not_dropped(name: str, text: str, told: str) -> None:
    verdict = await offline(name, text)
    assert isinstance(verdict, Question)
    assert told in verdict.text, verdict.text


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("riding", "top up Samir and Annika with 40 euros halved", "halved"),
        ("riding", "top up Samir with 40 a week", "a week"),
        ("riding", "move 601 to Friday, an hour earlier", "an hour earlier"),
        ("riding", "cancel all of Joris's lessons on Thunder but the dressage", "but the dressage"),
        ("riding", "remind Joris of his fees once 411 is overdue", "once"),
        ("vet", "book Mousse for Thursday, not at noon", "not at noon"),
        ("vet", "move 701 to December 1st, Omar won't come", "Omar won't"),
        ("vet", "renew all prescriptions by 3 weeks, Thyrocat is sold out", "Thyrocat is sold out"),
        ("foodbank", "register Ada Stone, 4 people in the north, one of them a baby", "Ada Stone"),
    ],
)
async def test_what_changes_the_order_from_within_or_behind_it_is_asked_about(name: str, text: str, told: str) -> None:
    verdict = await offline(name, text)
    assert isinstance(verdict, Question)
    assert told in verdict.text, verdict.text


async def test_the_verb_of_the_call_said_in_two_words_is_no_other_order() -> None:
    assert isinstance(await offline("garage", "cancel 805, just call it off"), Plan)


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("3002 was collected", True),
        ("3002 was collected this morning, thanks", True),
        ("3002 was collected by the wrong family", False),
        ("3002 was collected soaked", False),
    ],
)
async def test_what_a_report_says_beside_what_happened_is_asked_about(text: str, stands: bool) -> None:
    assert isinstance(await offline("foodbank", text), Plan if stands else Question)


@pytest.mark.parametrize(
    "text",
    [
        "take 5 euros each off 811",
        "take 5 euros apiece off 811",
        "take 5 euros a head off 811",
        "811: 5 euros off, INV-77 too",
    ],
)
async def test_for_each_of_one_and_a_code_that_was_not_used_are_asked_about(text: str) -> None:
    assert isinstance(await offline("vet", text), Question)


def test_what_denies_or_narrows_is_no_politeness() -> None:
    text = "move it to Friday, not in the evening"
    assert strip_politeness(text) == text
    assert strip_politeness("move it to Friday, have a nice evening").rstrip() == "move it to Friday,"


async def test_what_is_to_stay_is_no_reason_where_one_is_required_either() -> None:
    text = "suspend Hugo Bernard, his colleagues can still sign in"
    task = Task(Request(text=text, now=NOW), OWNER, shop(), "run_00000000000000000000000001")
    verdict = (await propose(task, RuleResolver())).verdict
    assert isinstance(verdict, Question)
    assert "still sign in" in verdict.text, verdict.text


@pytest.mark.parametrize(
    ("text", "hedged"),
    [("Ada was late, charge 9", ["was"]), ("if Ada was late charge 9", []), ("Ada was late with 7, waive that", [])],
)
def test_how_something_was_is_no_hedge_of_a_condition_or_of_an_order_behind_it(text: str, hedged: list[str]) -> None:
    waive = next(each for each in world("lending").catalogue if each.name.endswith("waive_fine"))
    finds = [Find(record="fine", said=Words(text=word, start=text.index(word))) for word in ("Ada", "late")]
    arguments = {each.said.text: RecordArgument(reference=each) for each in finds if each.said}
    proposal = Proposal(result=PlanResult(calls=(Call(action=waive.name, arguments=arguments),)))
    order = Order(Request(text=text, now=NOW), proposal, [waive])
    assert [text[slice(*each)] for each in find_hedges(order)] == hedged


@pytest.mark.parametrize(("said", "told"), [("all of them", ["the lamp is new"]), ("all of them, the lamp is new", [])])
def test_words_that_choose_the_records_tell_no_exception_to_them(said: str, told: list[str]) -> None:
    request = Request(text="for Ada renew all of them, the lamp is new", now=NOW)
    find = Find(record="loan", said=Words(text=said, start=14), pick="all")
    ada = Find(record="member", said=Words(text="Ada", start=4))
    call = Call(
        action="lending.renew_loan",
        arguments={"loan_id": RecordArgument(reference=find), "for": RecordArgument(reference=ada)},
    )
    proposal = Proposal(result=PlanResult(calls=(call,)))
    renew = world("lending").catalogue.get("lending.renew_loan")
    assert renew is not None
    order = Order(request, proposal, [renew], by_step=[frozenset({"lamp"}), frozenset({"ladder"})])
    assert [request.text[slice(*each)] for each in find_exceptions(order)] == told


@pytest.mark.parametrize("hedge", ["perhaps", "maybe"])
async def test_a_name_that_ends_like_a_pronoun_does_not_make_a_hedge_polite(hedge: str) -> None:
    verdict = (await ask(LAUNDRY, f"book an absence for Rudi {hedge} on Friday")).verdict
    assert isinstance(verdict, Question), verdict
    assert f"‘{hedge}’" in verdict.text, verdict.text


@pytest.mark.parametrize(
    "text", ["put 802 to booked", "change the stage of 802 to started", "802 to booked", "switch 802 to picked up"]
)
async def test_a_state_that_something_is_set_to_is_no_verb_of_its_own(text: str) -> None:
    assert isinstance(await offline("garage", text), Plan)


_BID = {"bid_id": {"type": "integer", "minimum": 1}}
_BIDS = FrozenWorld(
    {
        "contracts": [
            offer("change_end", "Change the end of a bid", "Say how a bid ended.", {
                **_BID, "end": {"type": "string", "enum": ["open", "won", "lost", "paid"]}}, {
                "bid_id": refer("bid"), "end": {"replaces": {"parameter": "bid_id", "field": "end"}}}),
            offer("set_limit", "Set the limit of a bid", "Say how high it may go.", {
                **_BID, "limit": {"type": "integer"}}, {"bid_id": refer("bid"), "limit": {"unit": "count"}}),
            offer("print_bid", "Print a bid", "Put it on paper.", dict(_BID), {"bid_id": refer("bid")}),
            offer("seal_bid", "Seal a bid", "Let nobody see it.", dict(_BID), {"bid_id": refer("bid")}),
        ],
        "kinds": [define("bid", ["bid", "bids"], [{"name": "id", "type": "id", "search": "number"},
            {"name": "end", "type": "enum", "values": ["open", "won", "lost", "paid"]}], label="bid {id}")],
        "records": {"bid": list_rows("id end", (51, "waits"), (52, "waits"))},
    }
)  # fmt: skip


@pytest.mark.parametrize("state", ["open", "won", "lost", "paid"])
@pytest.mark.parametrize("said", ["set bid 51 to {}", "put bid 51 to {}", "switch bid 51 to {}"])
async def test_any_word_may_be_the_state_that_something_is_set_to(said: str, state: str) -> None:
    made = (await ask(_BIDS, said.format(state))).verdict
    assert isinstance(made, Plan), made
    assert [each.value for each in made.steps[0].filled if each.param == "end"] == [state]


@pytest.mark.parametrize(
    "text", ["I forgot to move 802 to ready", "Ingrid has set 802 to ready", "we should have put 802 to booked"]
)
async def test_a_verb_of_setting_is_only_told_of(text: str) -> None:
    verdict = await offline("garage", text)
    assert isinstance(verdict, Question)
    assert "ask for it" in verdict.text, verdict.text


@pytest.mark.parametrize(
    ("name", "text", "stands"),
    [
        ("lending", "she put the Belt sander in the cellar", False),
        ("lending", "they just put the Belt sander in the cellar", False),
        ("foodbank", "Dot put Folake Adeyemi on halal", False),
        ("garage", "Marcus Thorne put 803 to ready", False),
        ("garage", "bruno put 803 to ready", False),
        ("garage", "Ylva Nordin set 803 to ready", False),
        ("lending", "now put the Belt sander in the cellar", True),
        ("foodbank", "Folake Adeyemi put on halal", True),
        ("foodbank", "Dot, put Folake Adeyemi on halal", True),
    ],
)
async def test_a_past_tense_that_is_the_plain_form_is_told_by_its_subject(name: str, text: str, stands: bool) -> None:
    assert isinstance(await offline(name, text), Plan) is stands


async def test_a_clause_that_says_who_gets_them_tells_no_exception() -> None:
    of_rudi = find("run", None, {"belongs_to": find("driver", "Rudi Kern")}, pick="all")
    call = {"action": "hand_run", "run_id": of_rudi, "driver_id": find("driver", "Mark Penny")}
    made = await model_verdict_of(LAUNDRY, "Rudi Kern is away, Mark Penny stands in", call)
    assert isinstance(made, Plan), made
    assert not any("Mark Penny" in each for each in made.held)
