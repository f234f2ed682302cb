"""Words beside what was used narrow or change an order: they are asked about, filler, reasons and stories are not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.proposal import (
    Call,
    ComputedArgument,
    Find,
    Number,
    PlanResult,
    Proposal,
    RecordArgument,
    Words,
)
from agent.planning.propose import Task, propose
from agent.resolve.model.resolver import ProposingResolver
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.coverage.clauses import split_clauses
from agent.validate.coverage.left_over import FINITE, find_left_over_words, is_verb
from agent.validate.coverage.opposed_verbs import find_opposed_verbs
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty import find_unaccounted
from agent.validate.questions import REST
from tests.unit.agent.validate.coverage.test_modifiers import CREDIT, RENEW, SHELVE, WAIVE, verdict_of
from tests.unit.agent.validate.coverage.test_weighty import shop
from tests.unit.laundry import LAUNDRY
from tests.unit.own_worlds import NOW, OWNER, Says, find, plan, read_words, world

CELLARED = {**SHELVE, "shelf": {"value": "cellar", "quote": "cellared"}}


@pytest.mark.parametrize(
    ("text", "step", "told"),
    [
        ("waive F-231 in guilders", WAIVE, "in guilders"),
        ("waive F-231 as a favour to the club", WAIVE, "as a favour to the club"),
        ("waive the postage of F-231", WAIVE, "the postage"),
        ("waive F-231 against his deposit", WAIVE, "against his deposit"),
        ("waive F-231, cash", WAIVE, None),
        ("waive F-231 discreetly", WAIVE, "discreetly"),
        ("under protest waive F-231", WAIVE, "under protest"),
        ("overnight waive F-231", WAIVE, "overnight"),
        ("waive F-231 once countersigned", WAIVE, "once countersigned"),
        ("waive F-231, which is to be split", WAIVE, "which is to be split"),
        ("waive F-231, forget the towing", WAIVE, "forget the towing"),
        ("waive F-231 and leave the towing as it is", WAIVE, "leave the towing as it is"),
        ("waive F-231; the towing stays", WAIVE, "the towing stays"),
        ("waive F-231, the towing being the exception", WAIVE, "the towing being the exception"),
        ("I think F-231 has lapsed", WAIVE, "I think"),
        ("it seems F-231 was waived", WAIVE, "it seems"),
        ("Ruth has called and F-231 hasn't", WAIVE, "hasn't"),
        ("somebody will have to waive F-231", WAIVE, "somebody will have to waive"),
        ("the Tile cutter is to be cellared", CELLARED, "is to be"),
        ("the Tile cutter was almost cellared", CELLARED, "almost"),
        ("the Tile cutter was in the cellar", SHELVE, "was"),
        ("waive a few fines like F-231", WAIVE, "a few"),
        ("waive F-231 and the towing", WAIVE, "towing"),
        ("waive F-231 and whatever else is left", WAIVE, "whatever else is left"),
        ("waive F-231, charge Ruth instead", WAIVE, "charge Ruth instead"),
        ("should Ruth object, waive F-231", WAIVE, "should Ruth object"),
        ("waive F-231, mailing ruth@tools.example", WAIVE, "ruth@tools.example"),
        ("renew loan 502 by 7 days with insurance", RENEW, "with insurance"),
        ("renew loan 502 by 7 days, backdated", RENEW, "backdated"),
        ("let F-231 slide with a warning", WAIVE, "with a warning"),
        ("renew loan 502-504 by 7 days", RENEW, "502-504"),
        ("put the Tile cutter in the cellar under a tarpaulin", SHELVE, "under a tarpaulin"),
        ("give Hugo Bernard 30 euros of credit towards a seat", CREDIT, "towards a seat"),
        ("give Hugo Bernard back 30 euros", CREDIT, "give Hugo Bernard back"),
        ("put the Tile cutter in the cellar for carpentry", SHELVE, "for carpentry"),
        ("put the Tile cutter in the cellar for the winter", SHELVE, "for the winter"),
        ("put the Tile cutter in the cellar for one season", SHELVE, "for one season"),
        ("put the Tile cutter in the cellar for the rest of the course", SHELVE, "for the rest of the course"),
        ("give Hugo Bernard 30 euros of credit for his sister", CREDIT, "for his sister"),
        ("renew loan 502 by 7 days for Ruth Meyer", RENEW, "for Ruth Meyer"),
        ("renew loan 502 by 7 days for ruth meyer not hugo", RENEW, "for ruth meyer not hugo"),
    ],
)
async def test_what_stands_beside_the_order_is_asked_about_in_its_own_words(
    text: str, step: dict[str, Any], told: str | None
) -> None:
    verdict = await verdict_of(text, step)
    if told is None:  # a word after a comma may as well be why
        assert isinstance(verdict, Plan)
        return
    assert isinstance(verdict, Question)
    assert verdict.slot == REST
    assert f"‘{told}’" in verdict.text, verdict.text


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("could you please waive F-231 for me, he is a good man", WAIVE),
        ("the hose was old, so waive F-231 because nobody told him", WAIVE),
        ("waive F-231 for the muddle at the counter", WAIVE),
        ("Ruth rang about the weather and her cat. Waive F-231, would you", WAIVE),
        ("let's just waive fine F-231 altogether, it's fine by me", WAIVE),
        ("go on and scrub F-231", WAIVE),
        ("I think Ruth was away, so waive F-231", WAIVE),
        ("we ought to renew loan 502 by 7 days, the shop is closed", RENEW),
        ("pop the Tile cutter down in the cellar, thanks a lot", SHELVE),
        ("Hugo Bernard 30 euros credit, sorry for the wait", CREDIT),
        ("let fine F-231 slide this time", WAIVE),
        ("F-231 should be able to vanish", WAIVE),
        ("get F-231 sorted", WAIVE),
        ("get rid of F-231", WAIVE),
        ("let the Tile cutter live in the cellar", SHELVE),
        ("loan 502's time lapsed, renew it by 7 days", RENEW),
        ("renew loan 502 by 7 days for waiting so long", RENEW),
        ("renew loan 502 by 7 days for his good work", RENEW),
        ("put the Tile cutter in the cellar for fun", SHELVE),
        ("renew loan 502 by 7 days for Tariq Osman", RENEW),
    ],
)
async def test_filler_a_reason_and_a_story_are_passed_over(text: str, step: dict[str, Any]) -> None:
    verdict = await verdict_of(text, step)
    assert isinstance(verdict, Plan), getattr(verdict, "text", verdict)


@pytest.mark.parametrize(
    ("text", "step", "told"),
    [
        ("shorten loan 502 by 7 days", RENEW, "shorten"),
        ("reduce the credit of Hugo Bernard by 30 euros", CREDIT, "reduce"),
        ("no credit of 30 euros for Hugo Bernard", CREDIT, "no credit of 30 euros"),
        ("stop the 30 euros of credit for Hugo Bernard", CREDIT, "stop"),
    ],
)
async def test_a_verb_that_asks_for_the_opposite_is_asked_about(text: str, step: dict[str, Any], told: str) -> None:
    verdict = await verdict_of(text, step)
    assert isinstance(verdict, Question)
    assert verdict.slot == REST
    assert f"‘{told}’" in verdict.text, verdict.text


async def test_another_name_in_a_record_accounts_for_nothing() -> None:
    # The record of loan 502 holds that name, its title ("loan 502: Tile cutter") doesn't: it may be whom it goes to.
    verdict = await verdict_of("renew loan 502 by 7 days to Tariq", RENEW)
    assert isinstance(verdict, Question)
    assert "‘to Tariq’" in verdict.text, verdict.text


async def test_what_the_title_of_a_record_says_accounts_for_its_words() -> None:
    assert isinstance(await verdict_of("renew the tile cutter loan 502 by 7 days", RENEW), Plan)


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("would you mind stretching loan 502 by 7 days?", True),
        ("do you mind stretching loan 502 by 7 days", True),
        ("would you mind stretching loan 502 by 7 days and telling Wim?", False),
    ],
)
async def test_what_is_asked_for_by_would_you_mind_is_the_order(text: str, stands: bool) -> None:
    assert isinstance(await verdict_of(text, RENEW), Plan if stands else Question)


@pytest.mark.parametrize(
    ("reason", "stands"), [("the 3 months the site was down", False), ("the site was down in 3 months", True)]
)
async def test_for_how_long_is_no_mere_reason_where_an_amount_is_left_open(reason: str, stands: bool) -> None:
    refund = {
        "action": "refund_invoice",
        "invoice_id": find("invoice", "INV-1052"),
        "amount": None,
        "reason": {"value": reason, "quote": reason},
    }
    task = Task(Request(text=f"refund INV-1052 for {reason}", now=NOW), OWNER, shop(), "run_00000000000000000000000001")
    answer = {"understood": "", "result": plan(refund), "rest": []}
    verdict = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(verdict, Plan if stands else Question), verdict


@pytest.mark.parametrize(("unit", "told"), [("days", []), ("hours", ["3 hours"])])
def test_a_label_that_names_a_unit_accounts_for_it(unit: str, told: list[str]) -> None:
    there = world("riding")
    rest = there.catalogue.get("riding.rest_horse")
    assert rest is not None
    bare = rest.annotation("days").model_copy(update={"unit": None})
    contract = rest.model_copy(update={"annotations": {**rest.annotations, "days": bare}})
    text = f"rest Thunder for 3 {unit}"
    arguments = {
        "horse_id": RecordArgument(reference=Find(record="horse", said=Words(text="Thunder", start=5))),
        "days": ComputedArgument(expression=Number(number=Decimal(3), quote=Words(text="3", start=17))),
    }
    proposal = Proposal(result=PlanResult(calls=(Call(action=rest.name, arguments=arguments),)), understood="")
    found = find_unaccounted(Order(Request(text=text, now=NOW), proposal, [contract], tuple(there.kinds)))
    assert found.weighty == told


async def test_how_a_text_shall_be_worded_is_not_the_text() -> None:
    for text, asked in (("say sorry and that the arena is shut", True), ("the arena is shut", False)):
        request = Request(text=f"message Pilar Ortega: {text}", now=NOW)
        task = Task(request, OWNER, world("riding"), "run_00000000000000000000000001")
        assert isinstance((await propose(task, RuleResolver())).verdict, Question if asked else Plan)


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("It was wrong of us to ask him for F-231. Scrap it", True),
        ("It was wrong of us to ask him for F-231. Scrap that fully", True),
        ("It was wrong of us to ask him for F-231. Scrap his loan", False),
        ("It was wrong of us to ask him for F-231. Scrap it and mail him", False),
        ("It was wrong of us to ask him for F-231. Scrap it. Mail him", False),
        ("Waive F-231. Email him", False),
        ("It was wrong of us not to waive F-231. Email him", False),
        ("F-231. Scrap it", False),
    ],
)
async def test_the_only_order_may_be_in_a_verb_of_ones_own_and_is_shown_on_the_card(text: str, stands: bool) -> None:
    made = await verdict_of(text, WAIVE)
    assert isinstance(made, Plan if stands else Question), made
    assert not isinstance(made, Plan) or any("‘scrap" in each.casefold() for each in made.held)


@pytest.mark.parametrize(
    ("text", "opposed"),
    [
        ("shorten it too", True),
        ("he shortened it by mistake", False),
        ("he should shorten it", True),
        ("the other shortened one too", False),
        ("the shortened ones", False),
    ],
)
def test_what_kind_it_is_of_or_what_somebody_did_asks_for_no_opposite(text: str, opposed: bool) -> None:
    renew = world("lending").catalogue.get("lending.renew_loan")
    assert renew is not None
    assert bool([*find_opposed_verbs(text, [renew])]) is opposed


@pytest.mark.parametrize(("text", "states"), [("enter Will Stone with a dog", False), ("Ada will bring a dog", True)])
def test_a_name_that_looks_like_a_verb_states_nothing(text: str, states: bool) -> None:
    assert (FINITE.search(text) is not None) is states


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("close 7 and tell her it works", True),
        ("close 7 and tell Hugo it works", True),
        ("close 7 and ring the customer", True),
        ("give Ada and grace 2", False),
        ("remind Ada and hope of it", False),
    ],
)
def test_a_verb_behind_an_order_stands_before_its_object(text: str, verb: bool) -> None:
    clause = list(split_clauses(text))[1]
    used = [False] * (len(text) + 1)
    for said in (each for each in ("7", "Ada", "Hugo") if each in text):
        used[text.index(said) : text.index(said) + len(said)] = [True] * len(said)
    assert is_verb(clause, used, frozenset({"close", "give", "remind"})) is verb


@pytest.mark.parametrize(
    ("said", "told", "left"),
    [("carla", ["Carla Potter"], []), ("carla", ["Carla Mason"], ["potter"]), ("carla potter", ["Carla Mason"], [])],
)
def test_the_rest_of_a_name_is_used_with_its_beginning(said: str, told: list[str], left: list[str]) -> None:
    request = Request(text="waive F-231 for carla potter", now=NOW)
    fine = Find(record="fine", said=Words(text="F-231", start=6))
    whose = Find(record="member", said=Words(text=said, start=16))
    waive = world("lending").catalogue.get("lending.waive_fine")
    assert waive is not None
    arguments = {"fine_id": RecordArgument(reference=fine), "member_id": RecordArgument(reference=whose)}
    proposal = Proposal(result=PlanResult(calls=(Call(action=waive.name, arguments=arguments),)))
    order = Order(request, proposal, [waive], world("lending").kinds, by_step=[told])
    assert [request.text[slice(*each)] for each in find_left_over_words(order)] == left


@pytest.mark.parametrize(
    ("text", "left"), [("book a pick up at Nell Brook", []), ("book a pick in at Nell Brook", ["a pick"])]
)
def test_two_words_that_the_action_knows_as_one_have_no_weight(text: str, left: list[str]) -> None:
    context = LAUNDRY.context(LAUNDRY.provider({}))
    booked = context.catalogue.get("marina.book_pickup")
    assert booked is not None
    nell = Find(record="client", said=Words(text="Nell Brook", start=text.index("Nell")))
    call = Call(action=booked.name, arguments={"client_id": RecordArgument(reference=nell)})
    order = Order(Request(text=text, now=NOW), Proposal(result=PlanResult(calls=(call,))), [booked])
    assert [order.text[slice(*each)] for each in find_left_over_words(order)] == left


@pytest.mark.parametrize("word", ["back", "lower", "out"])
async def test_a_word_behind_a_second_record_may_say_another_value_of_it(word: str) -> None:
    verdict = await read_words(f"set job 803 to ready and 807 {word}", world("garage"))
    assert isinstance(verdict, Question), verdict
    assert f"‘{word}’" in verdict.text


async def test_a_second_record_without_a_word_of_its_own_gets_the_same_value() -> None:
    assert isinstance(await read_words("set job 803 to ready and 807 too", world("garage")), Plan)
