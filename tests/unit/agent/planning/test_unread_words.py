"""Requests that name no action: each of their words must be a value, a record's name or a word of the action."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from agent.pipeline import Abstain, Answer, Ask, Candidate, Plan, Question, Request, Resolved, Trace
from agent.planning.linked_plans import ONLY_FIT, preview_offered
from agent.planning.proposal import PlanResult, Proposal
from agent.planning.propose import propose
from agent.planning.task import Outcome, Task
from agent.resolve.rules.resolver import RuleResolver
from evals.cases.frozen_world import FrozenWorld
from registry.contract import Risk
from tests.unit.marina import ask, define, list_rows, offer, refer
from tests.unit.own_worlds import NOW, OWNER, world


async def ask_garage(text: str, *answers: Answer) -> Outcome:
    request = Request(text=text, now=NOW, answers=answers)
    return await propose(Task(request, OWNER, world("garage"), "run_00000000000000000000000001"), RuleResolver())


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("Bruno on job 805", "garage.assign_mechanic", {"job_id": 805, "mechanic_id": 1}),
        ("please, job 805 for Bruno", "garage.assign_mechanic", {"job_id": 805, "mechanic_id": 1}),
    ],
)
async def test_the_action_that_words_and_values_tell_is_planned_and_waits(
    text: str, action: str, values: dict[str, Any]
) -> None:
    made = (await ask_garage(text)).verdict
    assert isinstance(made, Plan), made
    assert [(step.action, {each.param: each.value for each in step.filled}) for step in made.steps] == [
        (action, values)
    ]
    assert ONLY_FIT in made.held, "no verb named the action"


@pytest.mark.parametrize(
    "text",
    [
        "Bruno on job 805?",
        "Bruno not on job 805",
        "Bruno on job 805, if Owen asks",
        "Bruno on job 805 by pigeon",
        "when is Bruno on job 805",
        "Owen says Bruno went on job 805",
        "only Bruno on job 805",
        "Bruno or Tom on job 805",
    ],
)
async def test_a_word_that_changes_the_deal_leaves_it_open(text: str) -> None:
    made = (await ask_garage(text)).verdict
    assert not isinstance(made, Plan), made


async def test_it_takes_the_place_of_nothing_that_was_understood() -> None:
    made = (await ask_garage("which invoices are overdue?")).verdict
    assert not isinstance(made, Abstain | Plan | Question), made


async def test_a_question_whether_one_action_is_meant_shows_it_and_what_was_read_in_full_is_a_card() -> None:
    task = Task(
        Request(text="resend R-5104 by pigeon", now=NOW), OWNER, world("garage"), "run_00000000000000000000000001"
    )
    only = Candidate(id="garage.resend_invoice", label="Resend an invoice")
    asked = Question(slot="action", code="unclear_action", text="Is this what you mean?", candidates=(only,))
    planned = await propose(replace(task, request=Request(text="resend R-5104", now=NOW)), RuleResolver())

    async def plan(chosen: Task) -> Outcome:
        assert chosen.request.answers[0].choice == only.id
        return planned

    unsure = (await preview_offered(task, Outcome(asked), plan)).verdict
    assert isinstance(unsure, Question)
    assert unsure.text.startswith("Is this what you mean: ")
    assert "R-5104" in unsure.text
    ask_whether = Ask(question=asked, drafts=(), likeliest=Proposal(result=PlanResult(calls=())))
    sure = Outcome(asked, Resolved(resolution=ask_whether, trace=Trace(resolver="offline")))
    made = await preview_offered(task, sure, plan)
    assert isinstance(made.verdict, Plan)
    assert made.hold == ONLY_FIT
    nothing_read = Resolved(resolution=Abstain(reason="nothing_fits", detail=""), trace=Trace(resolver="offline"))
    open_still = Outcome(asked.model_copy(update={"text": "What should happen with R-5104?"}), nothing_read)
    assert (await preview_offered(task, open_still, plan)).verdict == open_still.verdict

    async def plan_for_good(chosen: Task) -> Outcome:
        assert isinstance(planned.verdict, Plan)
        steps = tuple(each.model_copy(update={"risk": Risk.IRREVERSIBLE}) for each in planned.verdict.steps)
        return replace(planned, verdict=planned.verdict.model_copy(update={"steps": steps}))

    assert isinstance((await preview_offered(task, sure, plan_for_good)).verdict, Question)


_TANK_STATES = ["filled", "cleaning", "on_loan"]
_TANKS = FrozenWorld(
    {
        "contracts": [offer("set_tank", "Set the state of a tank", "Say how far a tank is.", {
            "tank_id": {"type": "integer", "minimum": 1}, "state": {"type": "string", "enum": _TANK_STATES}}, {
            "tank_id": refer("tank"), "state": {"replaces": {"parameter": "tank_id", "field": "state"}}})],
        "kinds": [define("tank", ["tank", "tanks"], [{"name": "id", "type": "id", "search": "number"},
            {"name": "state", "type": "enum", "values": ["empty", *_TANK_STATES]}], label="tank {id}")],
        "records": {"tank": list_rows("id state", (4011, "empty"), (4012, "empty"))},
    }
)  # fmt: skip


async def test_what_is_told_as_done_is_the_state_of_that_name_only() -> None:
    done = (await ask(_TANKS, "tank 4011 has been filled")).verdict
    assert isinstance(done, Plan), done
    assert ONLY_FIT in done.held
    assert not isinstance((await ask(_TANKS, "tank 4011 has been cleaned")).verdict, Plan), "it isn't in cleaning now"


@pytest.mark.parametrize("text", ["state of tank 4011 filled, on loan", "tank state filled and on loan, 4011"])
async def test_of_two_states_none_is_passed_over(text: str) -> None:
    made = (await ask(_TANKS, text)).verdict
    assert isinstance(made, Question), made
    assert "on loan" in made.text


_PRICED = [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}, {"name": "price", "type": "money_minor"}]
_GOODS = ("drink", "dish", "snack", "sauce")
CAFE = FrozenWorld(
    {
        "contracts": [
            offer(f"price_{kind}", f"Change the price of a {kind}", f"Set what a {kind} costs.", {
                f"{kind}_id": {"type": "integer"}, "price": {"type": "integer", "minimum": 1}}, {
                f"{kind}_id": refer(kind), "price": {"unit": "money_minor", "currency": "EUR",
                    "replaces": {"parameter": f"{kind}_id", "field": "price"}}})
            for kind in _GOODS
        ],
        "kinds": [define(kind, [kind], _PRICED, label="{name}") for kind in _GOODS],
        "records": {"drink": list_rows("id name price", (1, "Mint Tea", 350)),
                    "dish": list_rows("id name price", (7, "Lentil Soup", 620))},
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "price"),
    [("set lentil soup to 7", 700), ("put lentil soup up by 1 euro", 720), ("lentil soup 7 now", 700)],
)
async def test_of_two_prices_the_one_that_the_record_has_waits_on_a_card(text: str, price: int) -> None:
    made = (await ask(CAFE, text)).verdict
    assert isinstance(made, Plan), made
    assert [(step.action, step.filled[1].value) for step in made.steps] == [("marina.price_dish", price)]
    assert ONLY_FIT in made.held


@pytest.mark.parametrize(
    "text", ["set lentil soup to 7?", "don't set lentil soup to 7", "set lentil soup to 7 by noon"]
)
async def test_a_price_with_more_beside_it_stays_a_question(text: str) -> None:
    assert not isinstance((await ask(CAFE, text)).verdict, Plan)


@pytest.mark.parametrize(
    "text",
    [
        "Bruno gives job 805 to Tom",  # Bruno has it no more
        "Bruno ≠ job 805",
        "job 805 -Bruno",
        "Bruno cancelled job 805",
        "Bruno sick, job 805",
        "Bruno has taken job 805",
        "Bruno, Tom on job 805",
    ],
)
async def test_signs_and_words_that_tell_something_else_leave_it_open(text: str) -> None:
    made = (await ask_garage(text)).verdict
    assert not isinstance(made, Plan) or "garage.assign_mechanic" not in {step.action for step in made.steps}, made


@pytest.mark.parametrize("text", ["lentil soup drop 7 euros", "lentil soup already 7 euros", "lentil soup by 7 euros"])
async def test_a_change_by_something_is_no_new_value(text: str) -> None:
    made = (await ask(CAFE, text)).verdict
    assert not isinstance(made, Plan) or made.steps[0].filled[1].value != 700, made


async def test_an_old_value_that_another_replaces_must_be_the_records() -> None:
    made = (await ask(CAFE, "lentil soup 7 euros instead of 6.20")).verdict
    assert isinstance(made, Plan), made
    other = (await ask(CAFE, "lentil soup 7 euros instead of 5")).verdict
    assert not isinstance(other, Plan) or any("6.20" in why for why in other.held), other


@pytest.mark.parametrize("sign", ["≠", "❌", "👎"])
async def test_a_sign_that_denies_is_asked_about_whoever_reads_it(sign: str) -> None:
    made = (await ask_garage(f"give job 805 {sign} to Bruno")).verdict
    assert isinstance(made, Question), made
    assert sign in made.text


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("803 to Monday is off", "‘is off’"),
        ("snow put job 803 off by a week", "‘snow’"),
        ("801 ready, or so the rumour goes", "‘or so’ and ‘rumour’"),
    ],
)
async def test_what_has_no_form_of_an_order_waits_if_a_word_has_no_place(text: str, left_out: str) -> None:
    made = (await ask_garage(text)).verdict
    assert isinstance(made, Plan), made
    assert made.held == (f"Check that nothing is missing: you also wrote {left_out}.",)


@pytest.mark.parametrize("text", ["803 to Monday", "801 ready", "put job 803 off by a week, would you"])
async def test_what_is_said_in_full_or_ordered_does_not_wait(text: str) -> None:
    made = (await ask_garage(text)).verdict
    assert isinstance(made, Plan), made
    assert not made.held


_HULLS: Final = FrozenWorld(
    {
        "contracts": [
            offer("set_paint", "Set the paint of a hull", "Say how a hull is painted.", {
                "hull_id": {"type": "integer", "minimum": 1}, "paint": {"type": "string", "enum": ["red", "blue"]}}, {
                "hull_id": refer("hull"), "paint": {"replaces": {"parameter": "hull_id", "field": "paint"}}}),
            offer("open_log", "Open a log", "Write a log entry about a hull.", {
                "hull_id": {"type": "integer", "minimum": 1}, "text": {"type": "string", "maxLength": 200}}, {
                "hull_id": refer("hull"), "text": {}}, aliases=["log", "note"]),
            offer("scrap_hull", "Scrap a hull", "Break a hull up.", {"hull_id": {"type": "integer", "minimum": 1}}, {
                "hull_id": refer("hull")}),
        ],
        "kinds": [define("hull", ["hull", "hulls"], [{"name": "id", "type": "id", "search": "number"},
            {"name": "name", "search": "name"}, {"name": "paint", "type": "enum", "values": ["red", "blue"]}],
            label="hull {id} ({name})")],
        "records": {"hull": list_rows("id name paint", (611, "Kestrel", "red"), (612, "Osprey", "red"))},
    }
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "set the paint of 611 to blue",
        "please set Kestrel's paint to blue",
        "set the paint of 611 (Kestrel) to blue",  # what its record is called
    ],
)
async def test_an_order_whose_every_word_has_its_place_is_sent_at_once(text: str) -> None:
    made = (await ask(_HULLS, text)).verdict
    assert isinstance(made, Plan), made
    assert made.held == ()


@pytest.mark.parametrize(
    "text",
    [
        "set the paint of 611 to blue, no varnish",
        "set the paint of 611 to blue for the regatta",
        "Kestrel has lost its stripes, set the paint of 611 to blue",
        "note on 611 leaks at the stern, scrap 612",
    ],
)
async def test_no_order_is_sent_at_once_that_leaves_words_out_or_hides_an_order_in_a_text(text: str) -> None:
    made = (await ask(_HULLS, text)).verdict
    assert not isinstance(made, Plan) or made.held, made


async def test_an_order_inside_a_text_is_shown() -> None:
    made = (await ask(_HULLS, "open a log on 611 saying the mast is bent; scrap Osprey")).verdict
    assert isinstance(made, Plan), made
    assert "‘scrap Osprey’" in made.held[0]


@pytest.mark.parametrize("text", ["resend the latest unpaid invoice of Marcus Webb", "resend the newest invoice"])
async def test_the_words_by_which_a_record_is_picked_are_no_leftovers(text: str) -> None:
    made = await ask_garage(text)
    assert isinstance(made.verdict, Plan), made.verdict
    assert not made.verdict.held
    assert not made.hold


async def test_what_is_deleted_isnt_what_belongs_to_it() -> None:
    """An action that removes something by another of its names only is no exception."""
    name = {"name": "name", "type": "string", "search": "text"}
    kinds = [
        define("skipper", ["skipper", "skippers"], [{"name": "id", "type": "id"}, name], label="{name}"),
        define(
            "toll",
            ["toll", "tolls"],
            [{"name": "id", "type": "id"}, {"name": "skipper_id", "type": "id"}],
            label="toll {id}",
            relations=[{"kind": "skipper", "via": "skipper_id"}],
        ),
    ]
    contract = offer(
        "take_toll_back",
        "Take a toll back",
        "Void a toll.",
        {"toll_id": {"type": "integer"}},
        {"toll_id": refer("toll")},
        aliases=["remove a toll"],
    )
    records = {
        "skipper": list_rows("id name", (61, "Tess Blum")),
        "toll": list_rows("id skipper_id", (804, 61)),
    }
    there = FrozenWorld({"contracts": [contract], "kinds": kinds, "records": records})
    assert isinstance((await ask(there, "remove the toll of Tess Blum")).verdict, Plan)
    assert not isinstance((await ask(there, "delete Tess Blum")).verdict, Plan)
    assert not isinstance((await ask(there, "Tess Blum can't come")).verdict, Plan)
