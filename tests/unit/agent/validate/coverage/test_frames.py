"""A report, a refusal, a question or a thought in front of a verb orders nothing, whatever verb follows."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.proposal import BelongsTo, Call, Find, PlanResult, Proposal, RecordArgument, Words
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.coverage.frames import find_weakened
from agent.validate.coverage.order import Order
from agent.validate.questions import REST
from tests.unit.agent.validate.coverage.test_modifiers import CREDIT, RENEW, SHELVE, WAIVE, verdict_of
from tests.unit.own_worlds import NOW, OWNER, came_of, find, plan, world

RUN = "run_00000000000000000000000001"
SHELVED = "stick the Tile cutter in the cellar"


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        (f"I already had to {SHELVED}", "I already had to stick"),
        (f"I had to {SHELVED}", "I had to stick"),
        (f"we've had to {SHELVED}", "we've had to stick"),
        ("we already put the Tile cutter in the cellar", "we already put"),
        ("I already gave the Tile cutter to the cellar", "I already gave"),
        ("I've just taken the Tile cutter to the cellar", "I've just taken"),
        ("I have already sent the Tile cutter to the cellar", "I have already sent"),
        ("she took the Tile cutter to the cellar", "she took"),
        ("just sent the Tile cutter to the cellar", "just sent"),
        ("I paid for the Tile cutter in the cellar", "I paid"),
        ("I moved the Tile cutter to the cellar", "I moved"),
        (f"I almost told you to {SHELVED}", "I almost told you to stick"),
        (f"I won't ever {SHELVED}", "I won't ever stick"),
        (f"Ines says she'd never {SHELVED}", "Ines says she'd never stick"),
        (f"refuse to {SHELVED}", "refuse to stick"),
        (f"let's not {SHELVED}", "let's not stick"),
        (f"do you think we should {SHELVED}", "do you think we should stick"),
        ("Ruth thinks we put the Tile cutter in the cellar", "Ruth thinks we put"),
        (f"there's no need to {SHELVED}", "no need to stick"),
        (f"there's hardly any reason to {SHELVED}", "hardly any reason to stick"),
        (f"there is no longer any need to {SHELVED}", "no longer any need to stick"),
        (f"it's no longer necessary to {SHELVED}", "it's no longer necessary to stick"),
        (f"it isn't good to {SHELVED}", "it isn't good to stick"),
        (f"you needn't {SHELVED}", "you needn't stick"),
        (f"Ruth hasn't asked us to {SHELVED}", "Ruth hasn't asked us to stick"),
        (f"Ruth doesn't want to {SHELVED}", "Ruth doesn't want to stick"),
        (f"you don't have to {SHELVED}", "you don't have to stick"),
        (f"it would be a mistake to {SHELVED}", "it would be a mistake to stick"),
        (f"not yet: {SHELVED}", "not yet"),
        (f"should we {SHELVED}", "should we stick"),
        (f"did anybody {SHELVED}", "did anybody stick"),
        (f"is Ruth allowed to {SHELVED}", "is Ruth allowed to stick"),
        (f"when would you {SHELVED}", "when would you stick"),
        (f"what would it cost to {SHELVED}", "what would it cost to stick"),
        (f"I'm thinking about whether to {SHELVED}", "I'm thinking about whether to stick"),
        (f"in case I ever want to {SHELVED}", "in case I ever want to stick"),
    ],
)
async def test_a_framed_verb_orders_nothing(text: str, frame: str) -> None:
    asked = await verdict_of(text, SHELVE)
    assert isinstance(asked, Question), asked
    assert asked.slot == REST
    assert asked.text.startswith("Should I do this: "), asked.text
    assert frame in asked.text, asked.text


@pytest.mark.parametrize(
    "text",
    [
        f"I'd like you to {SHELVED}",
        f"we have to {SHELVED}",
        f"I wanted to {SHELVED}",
        f"could you {SHELVED}",
        f"let's {SHELVED}",
        f"I think we should {SHELVED}",
        f"it's time to {SHELVED}",
        f"it would be good to {SHELVED}",
        f"I can't reach Ruth about the Tile cutter, {SHELVED}",
        f"I already told Ruth about the Tile cutter, please {SHELVED}",
        "we shouldn't leave the Tile cutter outside, put it in the cellar",
        "the Tile cutter should never have been outside, stick it in the cellar",
    ],
)
async def test_a_wish_and_an_order_of_its_own_are_orders(text: str) -> None:
    assert isinstance(await verdict_of(text, SHELVE), Plan)


async def test_what_came_to_be_so_may_be_what_to_write_down() -> None:
    assert isinstance(await verdict_of("we renewed loan 502 by 7 days", RENEW), Question)
    assert isinstance(await verdict_of("we've gained loan 502 another 7 days", RENEW), Plan)
    assert isinstance(await verdict_of("renewed loan 502 by 7 days", RENEW), Question)


async def test_a_participle_of_what_was_named_before_is_told_of_it() -> None:
    step = {"action": "cancel_lesson", "lesson_id": find("lesson", "601")}
    assert isinstance((await came_of("Annika's lesson 601, cancelled", plan(step), "riding")).verdict, Plan)
    assert isinstance((await came_of("hi, cancelled lesson 601", plan(step), "riding")).verdict, Question)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("garage", "I already had to give 803 to Bruno"),
        ("garage", "we shouldn't give 803 to Bruno"),
        ("garage", "should we give 803 to Bruno"),
        ("garage", "I gave 803 to Bruno"),
        ("garage", "already gave 803 to Bruno"),
        ("garage", "I have already given 803 to Bruno"),
        ("garage", "they gave 803 to Bruno"),
        ("garage", "assigned 803 to Bruno"),
        ("garage", "rescheduled 803 to 4 December"),
        ("garage", "ordered 2 wiper blades"),
        ("garage", "cancelled 803 because the car was sold"),
        ("foodbank", "already packed 3001"),
        ("foodbank", "recorded a donation of 35 euros from Greenway Grocers"),
        ("garage", "we shouldn't give 803 to Bruno, 805 to Tom"),
        ("hotel", "I'm thinking about whether to give Noor's room an upgrade, no, make that Jonas's"),
    ],
)
async def test_without_a_model_too(name: str, text: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    assert not isinstance((await propose(task, RuleResolver())).verdict, Plan)


@pytest.mark.parametrize(
    "text", ["packed 3001", "Greenway Grocers gave 35 euros", "donated 35 euros: Greenway Grocers"]
)
async def test_what_is_told_as_done_is_what_some_actions_write_down(text: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world("foodbank"), RUN)
    assert isinstance((await propose(task, RuleResolver())).verdict, Plan)


async def test_a_correction_of_a_value_makes_no_order_of_a_thought() -> None:
    asked = await verdict_of("I'm thinking about whether to give Hugo Bernard ten, sorry, 30 euros", CREDIT)
    assert isinstance(asked, Question)


async def test_a_text_with_an_order_in_it_is_no_order_of_its_own() -> None:
    noted = {**SHELVE, "note": {"quote": "please dry it first"}}
    assert isinstance(await verdict_of(f"we shouldn't {SHELVED}: please dry it first", noted), Question)


@pytest.mark.parametrize(
    ("text", "step", "says"),
    [
        ("the Tile cutter no longer goes to the cellar", SHELVE, "no longer goes"),
        ("the Tile cutter hardly needs the cellar", SHELVE, "hardly needs"),
        ("the Tile cutter barely fits the cellar", SHELVE, "barely fits"),
        ("Tile cutter nearly went to the cellar", SHELVE, "nearly went"),
        ("the Tile cutter used to live in the cellar", SHELVE, "used to live"),
        ("it might suit the Tile cutter in the cellar", SHELVE, "might suit"),
        ("the Tile cutter stopped needing the cellar", SHELVE, "stopped needing"),
        ("F-231 may well need waiving", WAIVE, "may well need"),
        ("the Tile cutter might be in the cellar", SHELVE, "might be in"),
        ("the Tile cutter may be off to the cellar", SHELVE, "may be off"),
        ("loan 502 needs the 7 days no longer", RENEW, "no longer"),
        ("loan 502 is hardly worth renewing by 7 days", RENEW, "hardly worth"),
        ("we might renew loan 502 by 5, no, 7 days", RENEW, "might renew"),
        ("loan 502 wasn't renewed by 7 days", RENEW, "wasn't renewed"),
        ("loan 502 has not been renewed by 7 days", RENEW, "has not been renewed"),
        ("waive F-231, no longer", WAIVE, "no longer"),
    ],
)
async def test_what_is_no_longer_hardly_or_perhaps_so_orders_nothing(
    text: str, step: dict[str, Any], says: str
) -> None:
    asked = await verdict_of(text, step)
    assert isinstance(asked, Question), asked
    assert asked.text.startswith("Should I do this: "), asked.text
    assert f"‘{says}’ doesn't ask for it." in asked.text, asked.text


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("Ruth no longer needs the Tile cutter, put it in the cellar", SHELVE),
        ("the Tile cutter is barely used: put it in the cellar", SHELVE),
        ("Ines hasn't paid F-231, waive it", WAIVE),
        ("F-231 wasn't waived, so waive it", WAIVE),
        ("waive F-231 as it was never waived", WAIVE),
        ("waive F-231, Ines hasn't the money", WAIVE),
        ("put the Tile cutter, which Ruth no longer needs, in the cellar", SHELVE),
        ("Ruth might come for it, so put the Tile cutter in the cellar", SHELVE),
        ("put the Tile cutter in the cellar: it is hardly used", {**SHELVE, "note": {"quote": "it is hardly used"}}),
    ],
)
async def test_the_same_said_of_why_is_a_reason(text: str, step: dict[str, Any]) -> None:
    verdict = await verdict_of(text, step)
    assert isinstance(verdict, Plan), getattr(verdict, "text", verdict)


async def test_such_an_adverb_inside_an_order_weakens_no_statement() -> None:
    asked = await verdict_of("put the barely used Tile cutter in the cellar", SHELVE)
    assert isinstance(asked, Question)
    assert "the barely" in asked.text
    assert "doesn't ask for it" not in asked.text


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("Jonas Hart no longer needs booking 5009", True),
        ("booking 5009 hardly needs cancelling", False),
    ],
)
async def test_an_action_that_ends_something_says_what_is_no_longer_so(text: str, stands: bool) -> None:
    verdict = (
        await came_of(text, plan({"action": "cancel_booking", "booking_id": find("booking", "5009")}), "hotel")
    ).verdict
    assert isinstance(verdict, Plan if stands else Question), getattr(verdict, "text", verdict)


@pytest.mark.parametrize("adverb", ["no longer", "hardly", "might"])
async def test_a_weakened_statement_orders_nothing_without_a_model(adverb: str) -> None:
    task = Task(Request(text=f"803 {adverb} belongs to Bruno", now=NOW), OWNER, world("garage"), RUN)
    assert not isinstance((await propose(task, RuleResolver())).verdict, Plan)


@pytest.mark.parametrize(
    ("text", "alias", "found"),
    [
        ("Bill no longer needs 502 renewed", "prolong", ["no longer needs"]),  # a name, though "bill" orders too
        ("Bill no longer needs 502", "no longer needs", []),
        ("Bill hasn't brought 502 back", "prolong", []),
        ("502 hasn't been renewed", "prolong", ["hasn't been renewed"]),
    ],
)
def test_whose_words_such_an_adverb_stands_between(text: str, alias: str, found: list[str]) -> None:
    contract = world("lending").catalogue.get("lending.renew_loan")
    assert contract is not None
    said = [Words(text=each, start=text.find(each)) for each in ("Bill", "502") if each in text]
    loan = Find(
        record="loan",
        said=said[-1],
        where=tuple(BelongsTo(owner=Find(record="member", said=each)) for each in said[:-1]),
    )
    call = Call(action=contract.name, arguments={"loan_id": RecordArgument(reference=loan)})
    named = contract.model_copy(update={"aliases": (alias,)})
    order = Order(Request(text=text, now=NOW), Proposal(result=PlanResult(calls=(call,))), [named])
    assert [text[slice(*each)] for each in find_weakened(order)] == found


async def test_a_value_that_a_denial_stands_for_is_no_denial() -> None:
    step = {**SHELVE, "shelf": {"value": "cellar", "quote": "no longer needs the front"}}
    assert isinstance(await verdict_of("the Tile cutter no longer needs the front", SHELVE), Question)
    asked = await verdict_of("the Tile cutter no longer needs the front", step)
    assert "doesn't ask for it" not in getattr(asked, "text", "")
