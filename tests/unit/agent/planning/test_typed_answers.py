"""Words typed under a question: a yes to its only choice, a request of its own, or neither, which is then told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.pipeline import Abstain, Answer, Candidate, Plan, Question, Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Outcome, Task
from agent.planning.typed_answers import settle_answer
from agent.resolve.rules.resolver import RuleResolver
from agent.runs.answer_phrases import is_cancellation, make_answer
from agent.validate.json_values import read_json
from agent.workspace.context import WorkspaceContext
from registry import contract
from tests.unit.agent.planning.test_other_choices import talk
from tests.unit.own_worlds import NOW, OWNER, world

RUN = "run_00000000000000000000000001"


async def ask(text: str, there: str | WorkspaceContext, *answers: str) -> tuple[Question, Outcome]:
    """The last question of a request, and what comes of the last answer."""
    task = Task(Request(text=text, now=NOW), OWNER, world(there) if isinstance(there, str) else there, RUN)
    made = await propose(task, RuleResolver())
    question = made.verdict
    for words in answers:
        question = made.verdict
        assert isinstance(question, Question), question
        answer = make_answer(question, None, words)
        request = task.request.model_copy(update={"answers": (*task.request.answers, answer)})
        proposal = None if question.slot == "action" else made.proposal
        task = replace(task, request=request, proposal=proposal)
        made = await propose(task, RuleResolver())
    assert isinstance(question, Question), question
    return question, made


ONE = Question(
    slot="action", code="unclear_action", text="Is this what you mean?", candidates=(Candidate(id="a.b", label="Bake"),)
)
TWO = ONE.model_copy(update={"candidates": (*ONE.candidates, Candidate(id="a.c", label="Carve a pumpkin"))})


@pytest.mark.parametrize(
    "words", ["yes", "Yep!", "yes, that one", "Exactly.", "sure, go ahead", "that's it", "ok do it", "yes that's right"]
)
def test_a_yes_takes_the_only_choice(words: str) -> None:
    assert make_answer(ONE, None, words) == Answer(slot="action", choice="a.b", label="Bake")
    assert make_answer(TWO, None, words).choice is None, "it doesn't say which of two"


@pytest.mark.parametrize(("words", "choice"), [("the second one", "a.c"), ("first", "a.b"), ("carve", "a.c")])
def test_an_action_is_chosen_by_its_place_or_by_its_words(words: str, choice: str) -> None:
    assert make_answer(TWO, None, words).choice == choice


@pytest.mark.parametrize("words", ["no", "no, that's not it", "not that one", "Wrong!", "something else"])
def test_a_no_to_an_action_drops_the_request(words: str) -> None:
    assert is_cancellation(words, ONE)
    assert not is_cancellation("something else on Friday", ONE)


@pytest.mark.parametrize(
    ("name", "text", "answer", "action"),
    [
        ("lending", "write to Ruth", "scrap the tile cutter because it is worn out", "lending.scrap_item"),
        ("riding", "top up Berg by 20 euros", "cancel lesson 603", "riding.cancel_lesson"),
        ("garage", "assign Bruno", "resend invoice R-5103", "garage.resend_invoice"),
    ],
)
async def test_another_order_in_full_takes_the_place_of_the_request(
    name: str, text: str, answer: str, action: str
) -> None:
    _, made = await ask(text, name, answer)
    assert isinstance(made.verdict, Plan), made.verdict
    assert [step.action for step in made.verdict.steps] == [action]
    assert (made.text, made.answers) == (answer, ())


async def test_a_question_under_a_question_is_answered() -> None:
    _, made = await ask("top up Berg by 20 euros", "riding", "which lessons does Joris Maes have?")
    assert isinstance(made.verdict, Reply), made.verdict
    assert made.text is not None


async def test_a_question_that_nothing_answers_is_no_answer_and_the_first_one_stays_open() -> None:
    words = "what is the weather of lesson 603"
    first, made = await ask("cancel a lesson", "riding", words)
    assert isinstance(made.verdict, Question), made.verdict
    assert made.verdict.slot == first.slot
    assert made.verdict.text.startswith(f"‘{words}’ is a question of its own"), made.verdict.text
    assert made.answers == ()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [("riding", "top up Berg by 20 euros", "purple"), ("vet", "set the weight", "quite a lot")],
)
async def test_words_that_are_neither_are_quoted_when_it_is_asked_again(name: str, text: str, words: str) -> None:
    _, made = await ask(text, name, words)
    assert isinstance(made.verdict, Question), made.verdict
    assert f"‘{words}’" in made.verdict.text
    assert made.text is None


async def test_what_was_asked_for_as_a_text_is_taken_as_it_stands() -> None:
    _, made = await ask("write to Ines Duarte", "lending", "scrap the tile cutter")
    assert made.text is None
    assert not isinstance(made.verdict, Abstain)


async def test_an_order_of_which_only_an_owner_was_looked_for_takes_the_place_too() -> None:
    asked = Answer(slot="0.lesson_id", text="cancel the lesson of Joris")
    task = Task(Request(text="move a lesson", now=NOW, answers=(asked,)), OWNER, world("riding"), RUN)
    owner = Question(slot="0.lesson_id/rider", code="not_found", text="No rider is called so here.")

    async def plan_by_rules(own: Task) -> Outcome:
        return await propose(own, RuleResolver())

    own, made = await settle_answer(task, Outcome(owner), plan_by_rules)
    assert (own.request.text, made.text) == (asked.text, asked.text)


ROWS = {
    "type": "array", "items": {"type": "object", "additionalProperties": False, "required": ["work", "hours"],
        "properties": {"work": {"type": "string"}, "hours": {"type": "integer"}}},
}  # fmt: skip
QUOTE = contract.parse({
    "schema": "opsiq/contract/v1", "name": "garage.draw_up_quote", "version": 1, "title": "Draw up a quote",
    "description": "Draw up a quote for a customer.", "surfaces": ["admin"], "roles": ["owner"], "risk": "write",
    "idempotent": True, "confirmation": {"policy": "always"}, "parameters": {"type": "object",
        "additionalProperties": False, "required": ["customer_id", "rows"],
        "properties": {"customer_id": {"type": "integer"}, "rows": ROWS}},
    "annotations": {"customer_id": {"record": "customer"}}, "endpoint": {"url": "https://garage.invalid/quotes"},
})  # fmt: skip


async def test_a_list_of_objects_is_typed_as_json_and_the_question_says_so() -> None:
    question, made = await ask(
        "draw up a quote for Owen", world("garage", QUOTE), '[{"work": "new exhaust", "hours": 3}]'
    )
    assert question.text == 'What should “rows” be? Write it as JSON, such as [{"hours":0,"work":""}].'
    assert isinstance(made.verdict, Plan)
    (step,) = made.verdict.steps
    assert {each.param: each.value for each in step.filled}["rows"] == [{"work": "new exhaust", "hours": 3}]


@pytest.mark.parametrize(
    ("typed", "why"), [('[{"work": "new exhaust"}]', '"hours" is a required property.'), ("some", "Write it as JSON")]
)
async def test_what_is_no_such_list_is_asked_again(typed: str, why: str) -> None:
    _, made = await ask("draw up a quote for Owen", world("garage", QUOTE), typed)
    assert isinstance(made.verdict, Question)
    assert why in made.verdict.text


def test_one_object_is_a_list_of_one() -> None:
    item = {"type": "object", "properties": {"seed": {"type": "string"}}, "required": ["seed"]}
    rows = {"type": "array", "items": item}
    assert read_json(rows, '{"seed": "kale"}') == ([{"seed": "kale"}], '[{"seed":"kale"}]')
    assert read_json(rows, '[{"seed": "kale"}, {"seed": "leek"}]')[0] == [{"seed": "kale"}, {"seed": "leek"}]
    assert read_json(rows, '["kale"]')[0] is None


def test_what_was_offered_is_taken_as_it_was_written_there() -> None:
    offered = (
        Candidate(id="i-1", label="KILN-4"),
        Candidate(id="i-2", label="KILN-41"),
        Candidate(id="i-3", label="Ada"),
    )
    which = Question(slot="0.issue", code="missing", text="Which issue?", candidates=offered, free_text=True)
    assert make_answer(which, None, "‘kiln-4’.").choice == "i-1"
    assert make_answer(which, None, "KILN").choice is None
    twice = which.model_copy(update={"candidates": (*offered, Candidate(id="i-4", label="Ada"))})
    assert make_answer(twice, None, "Ada").choice is None


@pytest.mark.parametrize("yes", ["yes", "ja", "oui", "sure, go ahead"])
async def test_a_yes_to_which_one_says_nothing_and_is_told_so(yes: str) -> None:
    before, made = await ask("cancel the lesson", "riding", yes)
    assert isinstance(made.verdict, Question)
    assert made.verdict.text == f"‘{yes}’ alone doesn't say which. {before.text}"


@pytest.mark.parametrize("words", ["hang on, when is it?", "wait, when is it?", "no, when is it?"])
async def test_a_question_behind_a_hesitation_is_answered_and_the_card_stays(words: str) -> None:
    runs, outcome = await talk("garage", "cancel job 803", words)
    assert isinstance(outcome.verdict, Reply), outcome.verdict
    assert "26 Nov 2026" in outcome.verdict.text
    assert runs[-1].text == words
    assert outcome.withdrawal.runs == ()


async def test_a_question_behind_a_hesitation_is_no_answer_to_what_is_asked() -> None:
    _, outcome = await ask("text Marcus that it is done", "garage", "hang on, how many cars has he got")
    assert isinstance(outcome.verdict, Question)
    assert outcome.verdict.text.startswith("‘how many cars has he got’ is a question of its own")
