"""Before a person is asked about words that a plan passes over, the model is asked about those alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from agent.pipeline import Answer, EarlierCall, Plan, Question, Refusal, Request, Turn
from agent.planning.proposal import Aside, Call, ComputedArgument, PlanResult, Proposal, Word, Words
from agent.planning.propose import propose
from agent.planning.second_reading import TAKES_BACK, _show, read_again
from agent.planning.task import Outcome
from agent.resolve.model.parse import Parser
from agent.resolve.model.resolver import ProposingResolver
from agent.resolve.model.second_reading import CHANGES, MOST_PIECES, PieceParser
from agent.resolve.resolver import PieceQuestion
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.coverage.read_asides import is_explicit
from agent.validate.proposed.checks import PlanChecks
from agent.validate.questions import REST
from core.errors import ModelUnavailable, PlatformUnavailable
from prompts import DEFAULT_VERSION, PLAIN_VERSION, SECOND_READING_VERSION
from tests.unit.agent.planning.scripted_reading import FINE, LOAN, RIGHT, Reads, came_of, read_pieces, task_of
from tests.unit.own_worlds import NOW, OWNER, find, number


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        ("nothing", "Nothing is done about ‘not her sister’."),
        ("expressed", "‘not her sister’ is taken to say this: check that nothing is missing."),
    ],
)
async def test_what_it_says_changes_nothing_stands_on_a_card_that_waits(verdict: str, told: str) -> None:
    model = Reads(verdict)
    made = await came_of(model, "waive F-231, not her sister")
    assert isinstance(made.verdict, Plan), made.verdict
    assert told in made.verdict.held
    assert 'B1: "not her sister"' in model.told[0]
    assert "waive_fine: fine_id: " in model.told[0]


async def test_words_within_a_quoted_stretch_are_not_told_again() -> None:
    made = await came_of(Reads("expressed"), "waive F-231, not her sister")
    assert isinstance(made.verdict, Plan), made.verdict
    held = ("‘and not Bo’s sister’ is taken to say this.",)
    left = made.verdict.model_copy(update={"held": held, "pieces": ("sister", "her brother")})
    told = _show(replace(made, verdict=left), left)
    assert told.hold == "Check that nothing is missing: you also wrote ‘her brother’."


async def test_a_verb_that_the_action_itself_is_called_by_is_not_told_again() -> None:
    made = await came_of(Reads("expressed", step=LOAN), "let them keep it, prolong loan 502 by 7 days")
    assert isinstance(made.verdict, Plan), made.verdict
    assert not any("taken to say" in each for each in made.verdict.held)


@pytest.mark.parametrize(
    "model",
    [
        Reads(CHANGES),
        Reads("nothing", known={**RIGHT, "A2": "nothing"}),  # it lets a condition pass
        Reads("nothing", known={**RIGHT, "A3": CHANGES}),  # it takes a story for an order
        Reads("whatever"),
        Reads(),
        Reads(
            "nothing", rest=[{"quote": "not her sister", "is": "left over"}]
        ),  # it has said that they change something
    ],
)
async def test_else_the_question_stands(model: Reads) -> None:
    made = await came_of(model, "waive F-231, not her sister")
    assert isinstance(made.verdict, Question)
    assert "‘not her sister’" in made.verdict.text


@pytest.mark.parametrize(
    "text",
    [
        "waive F-231, only if Ruth agrees",
        "waive F-231 unless Ruth calls",
        "waive F-231, not before Sunday",
        "waive F-231, at most three euros",
        "waive half of F-231",
        "waive F-231 for each day",
    ],
)
async def test_no_reading_is_believed_of_a_condition_a_limit_or_a_part(text: str) -> None:
    model = Reads(*["nothing"] * 5)
    assert isinstance((await came_of(model, text)).verdict, Question)
    assert model.told == []


@pytest.mark.parametrize(
    "text",
    [
        "waive F-231 straight away if Ruth agrees",  # a condition further on in what is left
        "waive F-231 and scrap item 105",  # an order that could be done here
        "waive F-231, 3 euros of it",
        "waive F-231, F-232 too",
        "waive F-231 in dollars",  # nothing is converted
        "waive F-231. Actually, don't.",
    ],
)
async def test_no_reading_is_believed_of_a_ban_a_further_order_a_figure_or_a_currency(text: str) -> None:
    model = Reads(*["nothing"] * 5)
    assert isinstance((await came_of(model, text)).verdict, Question)
    assert model.told == []


async def test_what_is_only_told_may_be_what_is_to_be_done() -> None:
    text = "prolonged loan 502 by 7 days"
    asked = (await came_of(Reads(CHANGES, step=LOAN), text)).verdict
    assert isinstance(asked, Question)
    assert "doesn't ask for it" in asked.text
    held = (await came_of(Reads("expressed", step=LOAN), text)).verdict
    assert isinstance(held, Plan)
    assert any("‘prolonged’ may only tell what has" in each for each in held.held)


@pytest.mark.parametrize(
    "text",
    [
        "we never prolonged loan 502 by 7 days",
        "I was thinking of prolonging loan 502 by 7 days",
        "should we prolong loan 502 by 7 days",
    ],
)
async def test_no_reading_is_believed_of_what_is_denied_doubted_or_asked(text: str) -> None:
    model = Reads(*["expressed"] * 5, step=LOAN)
    assert isinstance((await came_of(model, text)).verdict, Question)
    assert model.told == []


async def test_a_figure_in_a_statement_may_be_an_aside() -> None:
    assert isinstance((await came_of(Reads("nothing"), "waive F-231, she sounded like 3 people")).verdict, Plan)


async def test_a_stored_reading_lets_no_figure_pass() -> None:
    text = "waive F-231, 3 euros of it"
    first = (await came_of(Reads(), text)).proposal
    assert first is not None
    aside = Aside(words=Words(text="3 euros of it", start=13), role="nothing")
    stored = first.model_copy(update={"asides": (aside,)})
    made = await propose(replace(task_of(text), proposal=stored), RuleResolver())
    assert isinstance(made.verdict, Question)


async def test_no_reading_is_believed_where_the_same_would_be_done_on_top() -> None:
    model = Reads("expressed", "nothing", step={**FINE, "amount": number(3, "3 euros", "EUR")})
    text = "make it 3 euros on F-231, not her sister"
    earlier = Turn(words="waive F-231", came="done", calls=(EarlierCall(handle="@call1", action="lending.waive_fine"),))
    task = task_of(text)
    made = await propose(
        replace(task, request=task.request.model_copy(update={"thread": (earlier,)})), ProposingResolver(model)
    )
    assert isinstance(made.verdict, Question), made.verdict
    assert model.told == []


async def test_what_lifts_a_restriction_is_none() -> None:
    assert isinstance((await came_of(Reads("nothing"), "waive F-231, not only her sister says so")).verdict, Plan)
    assert is_explicit("only hers")
    assert not is_explicit("not only hers")


async def test_a_call_must_rest_on_words_beside_those_in_question() -> None:
    model = Reads("nothing", step={**FINE, "fine_id": find("fine", None, pick="all")})
    made = await came_of(model, "scrap item 105")
    assert not isinstance(made.verdict, Plan)
    assert model.told == []


async def test_a_name_with_its_owners_s_is_such_a_word() -> None:
    owned = {**FINE, "fine_id": find("fine", None, {"belongs_to": find("member", "Ines Duarte")})}
    model = Reads("nothing", step=owned)
    await came_of(model, "waive ines duartes, not her sister")
    assert model.told


@pytest.mark.parametrize("verdict", ["nothing", "expressed"])
async def test_the_person_is_asked_about_what_is_left_alone(verdict: str) -> None:
    text = "waive F-231, not her sister, and ring Ruth about it"
    made = await came_of(Reads(verdict, CHANGES), text)
    assert isinstance(made.verdict, Question)
    assert "ring Ruth" in made.verdict.text
    assert "her sister" not in made.verdict.text


@pytest.mark.parametrize("said", [{"choice": REST}, {"text": "yes"}])
@pytest.mark.parametrize("verdict", ["nothing", "expressed"])
async def test_a_card_shows_what_was_read_so_also_after_the_question_about_the_others(
    verdict: str, said: dict[str, str]
) -> None:
    text = "waive F-231, not her sister, and ring Ruth about it"
    model = Reads(verdict, CHANGES)
    asked = (await came_of(model, text)).proposal
    made = await propose(replace(task_of(text, Answer(slot=REST, **said)), proposal=asked), ProposingResolver(model))
    assert isinstance(made.verdict, Plan)
    assert ["‘not her sister’" in each for each in made.verdict.held] == [True]


def test_what_overlaps_a_piece_that_changes_something_is_no_aside() -> None:
    pieces = ["note for her brother", "brother in May"]
    assert not read_pieces("a note for her brother in May", pieces, "nothing", CHANGES).asides


def test_a_short_piece_is_found_as_a_word_and_never_within_one() -> None:
    (aside,) = read_pieces("for Ruth or Ines", ["or"], "nothing").asides or ()
    assert aside.words.start == 9


async def test_both_readings_stand_in_the_trace_and_are_counted() -> None:
    made = await came_of(Reads("nothing"), "waive F-231, not her sister")
    assert made.resolved is not None
    trace = made.resolved.trace
    assert trace.second is not None
    assert (trace.prompt_version, trace.second.prompt_version) == (DEFAULT_VERSION, SECOND_READING_VERSION)
    assert (trace.tokens_in, trace.cost, trace.attempts) == (20, "0.004", 2)
    assert "not her sister" in (trace.second.prompt or "")
    assert json.loads(trace.second.response or "")["B1"]["is"] == "nothing"


async def test_what_was_said_so_stands_when_the_plan_is_validated_again() -> None:
    model = Reads("nothing")
    text = "waive F-231, not her sister"
    first = await came_of(model, text)
    again = await propose(replace(task_of(text), proposal=first.proposal), ProposingResolver(model))
    assert isinstance(again.verdict, Plan)
    assert len(model.told) == 1


async def test_it_is_told_what_the_person_has_answered_since() -> None:
    model = Reads("nothing")
    text = "waive F-231, not her sister"
    asked = (await came_of(Reads(CHANGES), text)).proposal
    answer = Answer(slot=REST, text="that was a joke")
    await propose(replace(task_of(text, answer), proposal=asked), ProposingResolver(model))
    assert all('"that was a joke"' in each for each in model.told)
    assert len(model.told) == 1


async def test_a_model_that_could_not_plan_is_not_waited_for_again() -> None:
    class Silent(Reads):
        def answer(self, _parser: Parser, _messages: Sequence[Mapping[str, str]], /) -> Any:
            raise ModelUnavailable("gone")

    model = Silent("nothing")
    assert isinstance((await came_of(model, "waive F-231, not her sister")).verdict, Question)
    assert model.told == []


async def test_a_small_model_is_not_asked_again() -> None:
    resolver = ProposingResolver(Reads("nothing"), version=PLAIN_VERSION)
    proposal = (await came_of(Reads("nothing"), "waive F-231, not her sister")).proposal
    assert proposal is not None
    task = task_of("waive F-231, not her sister")
    shortlist = task.workspace_context.shortlist(OWNER, "admin")
    assert await resolver.read_again(PieceQuestion(task.request, proposal, shortlist, (), ["not her sister"])) is None


async def test_a_model_that_is_gone_or_asked_about_too_much_leaves_the_question() -> None:
    class Gone(Reads):
        def judge(self, parser: PieceParser) -> dict[str, Any]:
            raise ModelUnavailable("gone")

    assert isinstance((await came_of(Gone(), "waive F-231, not her sister")).verdict, Question)
    model = Reads(*["nothing"] * 40)
    many = ", ".join(f"ring number {at}" for at in range(MOST_PIECES + 3))
    assert isinstance((await came_of(model, f"waive F-231, {many}")).verdict, Question)
    assert model.told == []


async def test_the_question_stands_where_records_cannot_be_read_once_more() -> None:
    text = "waive F-231, not her sister"
    task, resolver = task_of(text), ProposingResolver(Reads("nothing"))
    made = await came_of(Reads(CHANGES), text)

    async def plan_again(_read: Proposal) -> Outcome:
        raise PlatformUnavailable("gone")

    again = await read_again(task, made, resolver, None, plan_again)
    assert again.verdict == made.verdict


async def test_what_was_answered_and_what_takes_back_is_left_to_the_person() -> None:
    question = Question(slot=REST, code="unclear_action", text="Shall I?", pieces=("not her sister",))
    proposal = (await came_of(Reads(CHANGES), "waive F-231, not her sister")).proposal
    model = Reads("nothing")

    async def planned_as(_: Proposal) -> Outcome:
        raise AssertionError

    answered = task_of("waive F-231, not her sister", Answer(slot=REST, text="hm"))
    for task, waits in ((answered, ()), (task_of("waive F-231, not her sister"), (TAKES_BACK,))):
        made = Outcome(question, proposal=proposal, waits=waits)
        assert await read_again(task, made, ProposingResolver(model), None, planned_as) is made
    assert model.told == []


def test_a_call_of_which_nobody_said_anything_is_not_saved() -> None:
    def may(call: Call) -> bool:
        proposal = Proposal(result=PlanResult(calls=(call,)))
        checks = PlanChecks(Request(text="clear it, not her sister", now=NOW), proposal, *[cast("Any", None)] * 3)
        return checks._may_be_read_again(["not her sister"])

    said = Word(word="all", quote=Words(text="clear it"))
    within = Word(word="all", quote=Words(text="her sister"))
    assert may(Call(action="a", arguments={"what": ComputedArgument(expression=said)}))
    assert not may(Call(action="a", arguments={"what": ComputedArgument(expression=within)}))
    assert not may(Call(action="a"))


def test_what_changes_something_is_left_over_where_the_plan_stands() -> None:
    read = read_pieces("mend it, in blue, she said", ["in blue", "she said"], CHANGES, "nothing", stands=True)
    assert read.left_over == ("in blue",)
    assert [each.words.text for each in read.asides or ()] == ["she said"]  # and so it is not asked about again
    assert not read_pieces("mend it, she said", ["she said"], "nothing", stands=True).asides


_HAD_TO = "I already had to waive F-231"


async def test_no_reading_lifts_a_denial_of_the_order_but_of_what_it_prevents() -> None:
    model = Reads("nothing")
    assert isinstance((await came_of(model, "waive F-231, don't let it grow")).verdict, Plan)
    assert model.told
    for text, verdict in (("never waive F-231", Refusal), ("don't drop F-231", Refusal), (_HAD_TO, Question)):
        model = Reads("nothing")
        assert isinstance((await came_of(model, text)).verdict, verdict), text
        assert not model.told, text
