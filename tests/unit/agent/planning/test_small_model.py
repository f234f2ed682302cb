"""A small model's answer beside what the words alone leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from agent.pipeline import (
    Abstain,
    Answer,
    Ask,
    Calls,
    Candidate,
    Choice,
    Draft,
    Mention,
    Plan,
    Proposed,
    Question,
    Request,
    Resolution,
    Resolved,
    Span,
    Turn,
)
from agent.planning.planner import Planner
from agent.planning.proposal import Call, Find, NoneResult, PlanResult, Proposal, RecordArgument, Words
from agent.planning.propose import propose
from agent.planning.small_model import READ_BY_MODEL_ALONE
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from agent.resolve.rules.resolver import RuleResolver
from agent.runs.run import Run
from prompts import PLAIN_VERSION
from registry.offers.shortlist import Shortlist
from tests.unit.own_worlds import NOW, OWNER, Says, world

FINE = {"name": None, "owner": "Ines Duarte", "state": "due", "which": "last"}
ANSWER = {"calls": [{"action": "waive_fine", "fine_id": FINE}]}


LAST = {"calls": [{"action": "waive_fine", "fine_id": {**FINE, "state": None}}]}
CUTTER = {"name": "tile cutter", "owner": None, "state": None, "which": "one"}
SHELF = {"calls": [{"action": "set_shelf", "item_id": CUTTER, "shelf": "front"}]}
LOANS = {"calls": [{"action": "list_loans", "member_id": {**CUTTER, "name": "Ines Duarte"}}]}
SCRAP = {"calls": [{"action": "scrap_item", "item_id": CUTTER, "reason": "rusty"}]}


class Beside(ProposingResolver):
    """A plain model's answer with another reading of the words beside it."""

    def __init__(self, by_rules: Resolution | Proposed, answer: Any) -> None:
        super().__init__(Says(answer), version=PLAIN_VERSION)
        self.by_rules = by_rules

    async def resolve(self, *given: Any) -> Resolved:
        return (await super().resolve(*given)).model_copy(update={"by_rules": self.by_rules})


class AskedAgain(Beside):
    """Answers otherwise where it is offered one action alone."""

    def __init__(self, by_rules: Resolution, answer: Any, alone: Any) -> None:
        super().__init__(by_rules, answer)
        self.alone = ProposingResolver(Says(alone), version=PLAIN_VERSION)

    async def resolve(self, request: Request, shortlist: Shortlist, *given: Any) -> Resolved:
        if len(shortlist) == 1:
            return await self.alone.resolve(request, shortlist, *given)
        return await super().resolve(request, shortlist, *given)


def task_of(text: str) -> Task:
    return Task(Request(text=text, now=NOW), OWNER, world("lending"), "run_00000000000000000000000001")


async def verdict_beside(by_rules: Resolution | Proposed, text: str = "", answer: Any = None) -> Any:
    task = task_of(text or "waive the last fine of Ines Duarte that is due")
    return (await propose(task, Beside(by_rules, answer or ANSWER))).verdict


async def both(text: str, answer: Any) -> tuple[Any, Any]:
    """What comes of it with a plain model that answers so, and by the words alone."""
    model = ProposingResolver(Says(answer), version=PLAIN_VERSION)
    return (await propose(task_of(text), model)).verdict, (await propose(task_of(text), RuleResolver())).verdict


def which(*names: str) -> Ask:
    candidates = tuple(Candidate(id=name, label=name) for name in names)
    return Ask(question=Question(slot="action", code="unclear_action", text="Which?", candidates=candidates))


def offered(verdict: Any) -> Sequence[str]:
    assert isinstance(verdict, Question), verdict
    assert verdict.code == "unclear_action"
    return [each.id for each in verdict.candidates]


async def test_the_model_decides_among_open_actions_by_a_word_and_its_plan_waits() -> None:
    made = await verdict_beside(which("lending.scrap_item", "lending.set_shelf"), "tile cutter to front", SHELF)
    assert isinstance(made, Plan), made
    assert READ_BY_MODEL_ALONE in made.held


@pytest.mark.parametrize(
    ("text", "answer"),
    [("list the loans of Ines Duarte", LOANS), ("scrap the tile cutter, it is rusty", SCRAP)],
    ids=["records alone", "irreversible"],
)
async def test_records_alone_or_a_word_for_what_stays_done_decide_no_open_action(text: str, answer: Any) -> None:
    left_open = ["lending.list_loans", "lending.scrap_item"]
    assert offered(await verdict_beside(which(*left_open), text, answer)) == left_open


async def test_another_action_than_the_words_leave_open_is_asked_about_with_them() -> None:
    asked = await verdict_beside(which("lending.charge_fine"))
    assert offered(asked) == ["lending.charge_fine", "lending.waive_fine"]


@pytest.mark.parametrize("reason", ["nothing_fits", "below_threshold"])
async def test_an_action_that_no_word_asks_for_is_asked_about(reason: Any) -> None:
    assert offered(await verdict_beside(Abstain(reason=reason, detail=""))) == ["lending.waive_fine"]


async def test_what_a_person_may_not_do_is_said_whatever_the_model_plans() -> None:
    forbidden = NoneResult(reason="not allowed", action="lending.waive_fine")
    made = await verdict_beside(Proposed(proposal=Proposal(result=forbidden)))
    assert not isinstance(made, Plan | Question), made


async def test_words_of_another_language_are_the_models_to_read_and_wait() -> None:
    nothing = Abstain(reason="nothing_fits", detail="")
    said = "la estantería de la tile cutter es ahora front"
    shelf = {"item_id": {"name": "tile cutter", "owner": None, "state": None, "which": "one"}, "shelf": "front"}
    made = await verdict_beside(nothing, said, {"calls": [{"action": "set_shelf", **shelf}]})
    assert isinstance(made, Plan), made
    assert READ_BY_MODEL_ALONE in made.held
    unsaid = {"calls": [{"action": "set_shelf", **shelf, "shelf": "back"}]}
    assert offered(await verdict_beside(nothing, said, unsaid)) == ["lending.set_shelf"]


@pytest.mark.parametrize(
    "more", [", which is to be halved", " whose loan is longest", " for Bruno's account", " given consent from Bruno"]
)
async def test_a_question_about_words_that_a_small_model_passes_over_stands(more: str) -> None:
    by_model, by_words = await both(f"waive the last fine of Ines Duarte{more}", LAST)
    assert isinstance(by_words, Question)
    assert by_model == by_words


async def test_a_plan_with_the_word_that_no_record_is_called_by_waits() -> None:
    text = "tile cutter to front"
    front = Find(record="item", said=Words(text="front", start=text.index("front")))
    call = Call(action="lending.set_shelf", arguments={"item_id": RecordArgument(reference=front)})
    made = await verdict_beside(Proposed(proposal=Proposal(result=PlanResult(calls=(call,)))), text, SHELF)
    assert isinstance(made, Plan), made
    assert READ_BY_MODEL_ALONE in made.held


async def test_a_request_too_complex_for_the_words_alone_is_refused() -> None:
    made = await verdict_beside(Abstain(reason="too_complex", detail="Say it in fewer words."))
    assert made == Abstain(reason="too_complex", detail="Say it in fewer words.")


async def test_another_action_of_the_model_than_drafts_ask_about_waits() -> None:
    made = await verdict_beside(Calls(drafts=(Draft(action="lending.renew_loan"),)))
    assert isinstance(made, Plan), made
    assert READ_BY_MODEL_ALONE in made.held


NOTED = {"calls": [{**SHELF["calls"][0], "note": "Ines Duarte"}]}


@pytest.mark.parametrize(("alone", "fills"), [(NOTED, True), (SCRAP, False)], ids=["fills it", "no proposal"])
async def test_an_action_that_the_words_name_is_asked_about_alone_where_they_lack_a_value(
    alone: Any, fills: bool
) -> None:
    text = "put the tile cutter to the front, note Ines Duarte"
    at = text.index("tile cutter")
    item = Mention(spans=(Span(start=at, end=at + 11, text="tile cutter"),))
    draft = Draft(action="lending.set_shelf", arguments={"item_id": item})
    lacking = Ask(question=Question(slot="0.shelf", code="missing", text="Where?"), drafts=(draft,), lacks=True)
    for by_rules in (Calls(drafts=(draft,)), lacking):
        made = (await propose(task_of(text), AskedAgain(by_rules, LOANS, alone))).verdict
        assert isinstance(made, Plan)
        assert [each.action for each in made.steps] == ["lending.set_shelf" if fills else "lending.list_loans"]
        assert READ_BY_MODEL_ALONE in made.held or not fills


async def test_values_that_the_words_alone_do_not_come_to_wait() -> None:
    text = "put the tile cutter to the front"
    at = text.index("tile cutter"), text.index("front")
    item = Mention(spans=(Span(start=at[0], end=at[0] + 11, text="tile cutter"),))
    held = []
    for shelf in ("front", "back"):
        choice = Choice(value=shelf, spans=(Span(start=at[1], end=at[1] + 5, text="front"),))
        draft = Draft(action="lending.set_shelf", arguments={"item_id": item, "shelf": choice})
        made = await verdict_beside(Calls(drafts=(draft,)), text, SHELF)
        assert isinstance(made, Plan), made
        held.append(READ_BY_MODEL_ALONE in made.held)
    assert held == [False, True]


async def test_what_only_the_model_can_read_waits_after_a_question_too() -> None:
    drill = {"calls": [{**SHELF["calls"][0], "item_id": {**CUTTER, "name": "drill"}}]}
    resolver: Any = Beside(Abstain(reason="nothing_fits", detail=""), drill)
    unused: Any = None  # nothing is stored
    planner = Planner(unused, unused, resolver, lambda: NOW, unused, unused, 3600, unused, budget_s=10)
    run = Run(
        id="run_00000000000000000000000001",
        workspace="ws_1",
        session_id="ses_1",
        actor=OWNER,
        surface="admin",
        text="la estantería de la drill es ahora front",
        now=NOW,
        created_at=NOW,
        updated_at=NOW,
    )
    context: Any = world("lending")
    run, asked = await planner.evaluate(run, context, ())
    assert isinstance(asked.verdict, Question), asked.verdict
    answer = Answer(slot=asked.verdict.slot, text="tile cutter")
    _, made = await planner.evaluate(run.with_(answers=(answer,)), context, ())
    assert isinstance(made.verdict, Plan), made.verdict
    assert READ_BY_MODEL_ALONE in made.verdict.held


async def test_an_answer_that_only_a_small_model_can_read_makes_its_plan_wait() -> None:
    model = ProposingResolver(Says(LAST), version=PLAIN_VERSION)
    task = task_of("waive the last fine of Ines Duarte for Bruno's account")
    asked = await propose(task, model)
    assert isinstance(asked.verdict, Question), asked.verdict
    answer = Answer(slot=asked.verdict.slot, text="oh, leave that out")
    request = task.request.model_copy(update={"answers": (answer,)})
    made = await propose(replace(task, request=request, proposal=asked.proposal), model)
    assert made.hold == READ_BY_MODEL_ALONE, made.verdict


async def test_in_a_thread_what_a_small_model_plans_waits() -> None:
    task = task_of("waive the last fine of Ines Duarte")
    turn = Turn(words="which fines are due?", came="answered")
    task = replace(task, request=task.request.model_copy(update={"thread": (turn,)}))
    made = (await propose(task, ProposingResolver(Says(LAST), version=PLAIN_VERSION))).verdict
    assert isinstance(made, Plan), made
    assert READ_BY_MODEL_ALONE in made.held


async def test_a_question_about_what_was_said_stands_where_a_small_model_says_none() -> None:
    none = {"calls": [{"action": "none", "reason": "no such action"}]}
    by_model, by_words = await both("charge Ines Duarte a fine for the broken drill", none)
    assert (type(by_model), getattr(by_model, "text", "")) == (type(by_words), getattr(by_words, "text", ""))
    assert isinstance(by_words, Question), by_words
