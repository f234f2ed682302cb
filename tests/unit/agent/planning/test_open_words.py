"""Words that a plan and its rules say nothing of are put to the model before the plan stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from agent.pipeline import Answer, Plan, Question
from agent.planning.proposal import Proposal
from agent.planning.propose import propose
from agent.planning.second_reading import read_again
from agent.planning.task import Outcome
from agent.resolve.model.parse import Parser
from agent.resolve.model.resolver import ProposingResolver
from agent.resolve.model.second_reading import CHANGES, PieceParser
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.coverage.open_words import find_open_words
from agent.validate.coverage.order import Order
from agent.validate.questions import REST
from core.errors import ModelUnavailable, PlatformUnavailable
from prompts import SECOND_READING_VERSION
from tests.unit.agent.planning.scripted_reading import FINE, LOAN, RIGHT, Reads, came_of, task_of
from tests.unit.own_worlds import find, number, plan

IN_PARTS = "waive F-231, in triplicate please"
TOLD = [{"quote": "in triplicate", "is": "background"}]


@pytest.mark.parametrize("rest", [[], TOLD])
async def test_a_plan_that_says_nothing_of_words_is_asked_about_them(rest: list[Any]) -> None:
    model = Reads(CHANGES, rest=rest)
    made = await came_of(model, IN_PARTS)
    assert isinstance(made.verdict, Question)
    assert made.verdict.slot == REST
    assert "‘in triplicate please’" in made.verdict.text
    assert 'B1: "in triplicate please"' in model.told[0]


async def test_so_is_one_of_a_model_that_leaves_out_what_it_should_say_of_them() -> None:
    class Silent(Reads):
        def answer(self, _parser: Parser, _messages: Sequence[Mapping[str, str]], /) -> Any:
            return {"understood": "", "result": plan(FINE)}

    made = await came_of(Silent(CHANGES), IN_PARTS)
    assert isinstance(made.verdict, Question)
    assert "‘in triplicate please’" in made.verdict.text


@pytest.mark.parametrize("text", ["waive F-231, sobald Ruth da ist", "waive F-231, mais seulement s'il rappelle"])
async def test_so_is_one_that_passes_over_words_of_another_language(text: str) -> None:
    assert isinstance((await came_of(Reads(*[CHANGES] * 3), text)).verdict, Question)


@pytest.mark.parametrize("verdict", ["nothing", "expressed"])
async def test_where_they_change_nothing_it_stands_as_it_was(verdict: str) -> None:
    made = await came_of(Reads(verdict), IN_PARTS)
    assert isinstance(made.verdict, Plan)
    assert not any("triplicate" in each for each in made.verdict.held)
    assert made.resolved is not None
    assert made.resolved.trace.second is not None


async def test_where_it_cannot_be_asked_the_plan_waits_and_shows_them() -> None:
    class Gone(Reads):
        def judge(self, parser: PieceParser) -> dict[str, Any]:
            raise ModelUnavailable("gone")

    misjudges = Reads("nothing", known={**RIGHT, "A3": CHANGES})
    for model in (Gone(), Reads("whatever"), misjudges):
        made = await came_of(model, IN_PARTS)
        assert made.resolved is not None
        assert bool(made.resolved.trace.second) is (model is misjudges)
        assert any("second reading" in each for each in made.resolved.trace.notes) is (model is not misjudges)
        assert isinstance(made.verdict, Plan)
        assert "Check that nothing is missing: you also wrote ‘in triplicate please’." in made.verdict.held
    assert made.resolved is not None
    assert made.resolved.trace.second is not None  # what it said stands in history all the same


async def test_so_does_one_beside_more_words_than_it_is_asked_about() -> None:
    model = Reads(*["nothing"] * 40)
    liked = ("tea", "coffee", "juice", "water", "milk", "cocoa", "soda", "wine", "beer", "cider", "rum", "gin", "port")
    many = ", ".join(f"Ruth likes {each}" for each in liked)
    made = await came_of(model, f"waive F-231, {many}")
    assert isinstance(made.verdict, Plan)
    assert model.told == []
    assert any("and 10 more" in each for each in made.verdict.held)


@pytest.mark.parametrize("text", ["Please waive fine F-231 for me, thanks!", "could you waive the fine F-231?"])
async def test_an_order_of_which_every_word_is_accounted_for_is_not_asked_about(text: str) -> None:
    model = Reads(CHANGES)
    assert isinstance((await came_of(model, text)).verdict, Plan)
    assert model.told == []


async def test_a_figure_that_is_used_nowhere_is_found_though_the_words_before_it_are_misspelt() -> None:
    for text in ("waive F-231, 40 thousan", "waive F-231 tomorow, 40 thousan"):
        made = await came_of(Reads(), text)
        assert isinstance(made.verdict, Question)
        assert "40 thousan’" in made.verdict.text


async def test_who_answered_without_that_is_not_asked_again() -> None:
    asked = (await came_of(Reads(CHANGES), IN_PARTS)).proposal
    model = Reads(CHANGES)
    answered = replace(task_of(IN_PARTS, Answer(slot=REST, choice=REST)), proposal=asked)
    assert isinstance((await propose(answered, ProposingResolver(model))).verdict, Plan)
    assert model.told == []


def days(quote: str) -> dict[str, Any]:
    return {**LOAN, "days": number(7, quote, "days")}


def charged(why: str) -> dict[str, Any]:
    amount, reason = number(5, "5 EUR", "EUR"), {"value": why, "quote": why}
    return {"action": "charge_fine", "member_id": find("member", "Piet Vos"), "amount": amount, "reason": reason}


UNLESS = "for a hose unless he mends it"


@pytest.mark.parametrize(
    ("text", "step", "piece"),
    [
        ("postpone F-231", FINE, "postpone"),  # a verb that the action doesn't go by
        ("freeze F-231", FINE, "freeze"),
        ("aplaza F-231", FINE, "aplaza"),
        ("waive F-231 如果她同意", FINE, "如果她同意"),  # a script without spaces
        ("waive F-231, 半分だけ", FINE, "半分だけ"),
        ("F-231 면제해 그녀가 동의하면", FINE, "면제해 그녀가 동의하면"),
        ("waive F-231 in HR", FINE, "in HR"),
        ("waive F-231, 17:00", FINE, "17:00"),  # a figure that is no number
        ("remember F-231", FINE, "remember"),  # no slip of "member"
        ("waive F-231 for another person", FINE, "for another person"),  # light words with a preposition
        ("waive F-231 to her family", FINE, "to her family"),
        ("waive F-231 as paid", FINE, "as paid"),
        ("charge Piet Vos 5 EUR for the hose, then ring Ruth", charged("the hose, then ring Ruth"), "ring Ruth"),
        ("charge Piet Vos 5 EUR for the hose. Waive F-233", charged("the hose. Waive F-233"), "Waive F-233"),
        ("charge Piet Vos 5 EUR for a hose unless he mends it", charged("a hose unless he mends it"), UNLESS),
        ("renew loan 502 by 7 days in triplicate", days("by 7 days in triplicate"), "in triplicate"),
        ("renew loan 502 by 7 days, with interest", days("7 days, with interest"), "with interest"),
    ],
)
async def test_words_that_light_or_short_ones_and_long_quotes_hide_are_asked_about(
    text: str, step: Any, piece: str
) -> None:
    model = Reads("nothing", step=step)
    assert isinstance((await came_of(model, text)).verdict, Plan)
    assert f'B1: "{piece}"' in model.told[0]
    changes = (await came_of(Reads(CHANGES, step=step), text)).verdict
    assert isinstance(changes, Question) or (isinstance(changes, Plan) and changes.held)


async def test_a_code_that_the_plan_ignores_is_asked_about_whatever_the_model_says() -> None:
    verdict = (await came_of(Reads("nothing", step=FINE), "waive F-231 in Q3")).verdict
    assert isinstance(verdict, Question)
    assert "‘in Q3’" in verdict.text


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("drop F-231", FINE),
        ("could you forgive F-231 as soon as you can", FINE),
        ("hello, waive F-231. Many thanks!", FINE),
        ("Ines: F-231 waived please", FINE),
        ("renew loan 502 by 7 days from Monday", days("7 days from Monday")),
        ("renew loan 502, for 7 more days", days("for 7 more days")),
        ("keep loan 502 going for a week", days("a week")),
        ("charge Piet Vos 5 EUR for the torn hose", charged("the torn hose")),
        ("charge Piet Vos 5 EUR: “the hose. It was torn”", charged("the hose. It was torn")),
    ],
)
async def test_an_order_in_words_like_its_actions_is_not_asked_about(text: str, step: Any) -> None:
    model = Reads(CHANGES, step=step)
    await came_of(model, text)
    assert model.told == []


async def test_a_condition_beside_a_name_accounts_for_no_words() -> None:
    never = {"field": "code", "op": "!=", "value": {"word": "in triplicate", "quote": "in triplicate please"}}
    model = Reads(CHANGES, step={**FINE, "fine_id": find("fine", "F-231", never)})
    made = await came_of(model, IN_PARTS)
    assert 'B1: "in triplicate please"' in model.told[0]
    assert isinstance(made.verdict, Plan)
    assert any("‘in triplicate please’" in each for each in made.verdict.held)


async def test_what_changes_something_and_is_not_asked_about_waits_and_is_shown() -> None:
    text = "renew loan 502 by 7 days in triplicate"  # rules take the quote's word for it that this was used
    made = await came_of(Reads(CHANGES, step=days("by 7 days in triplicate")), text)
    assert isinstance(made.verdict, Plan)
    assert "Check that nothing is missing: you also wrote ‘in triplicate’." in made.verdict.held


@pytest.mark.parametrize("came", [PlatformUnavailable("gone"), Question(slot="0.days", code="missing", text="Which?")])
async def test_so_it_is_where_the_plan_cannot_be_made_once_more(came: Any) -> None:
    async def plan_again(_read: Proposal) -> Outcome:
        if isinstance(came, Exception):
            raise came
        return Outcome(came)

    first = await propose(task_of(IN_PARTS), ProposingResolver(Reads("nothing")))
    made = await read_again(task_of(IN_PARTS), first, ProposingResolver(Reads(CHANGES)), None, plan_again)
    assert isinstance(made.verdict, Plan)
    assert "‘in triplicate please’" in made.hold


async def test_so_it_is_where_there_is_no_model_any_more() -> None:
    first = (await came_of(Reads("nothing"), IN_PARTS)).proposal
    made = await propose(replace(task_of(IN_PARTS), proposal=first), RuleResolver())
    assert isinstance(made.verdict, Plan)
    assert any("‘in triplicate please’" in each for each in made.verdict.held)


async def test_a_card_that_only_uses_the_same_words_shows_them_all_the_same() -> None:
    class Gone(Reads):
        def judge(self, parser: PieceParser) -> dict[str, Any]:
            raise ModelUnavailable("gone")

    shelf = {"value": "front", "quote": ""}
    step = {"action": "set_shelf", "item_id": find("item", "103"), "shelf": shelf, "note": None}
    made = await came_of(Gone(step=step), "shelve item 103, model")
    assert isinstance(made.verdict, Plan)
    assert any(each.startswith("The model proposed “Shelf”") for each in made.verdict.held)
    assert any("you also wrote ‘model’" in each for each in made.verdict.held)


async def test_a_yes_to_the_rest_is_none_to_words_that_were_not_asked_about() -> None:
    text = f"{IN_PARTS}, and ring Ruth about it"
    asked = await came_of(Reads(CHANGES), text)
    assert isinstance(asked.verdict, Question)
    assert "triplicate" not in asked.verdict.text
    model = Reads(CHANGES)
    answered = replace(task_of(text, Answer(slot=REST, choice=REST)), proposal=asked.proposal)
    made = await propose(answered, ProposingResolver(model))
    assert isinstance(made.verdict, Plan)
    assert any("‘in triplicate please’" in each for each in made.verdict.held)
    assert "ring Ruth" not in model.told[0].partition("B1:")[2]


async def test_nor_to_those_that_stand_in_one_stretch_with_what_was_asked_about() -> None:
    text = "waive F-231, except the postage pero no hoy"
    asked = await came_of(Reads(rest=[{"quote": "except the postage", "is": "left_over"}]), text)
    assert isinstance(asked.verdict, Question)
    assert "‘except the postage’" in asked.verdict.text
    model = Reads(CHANGES)
    answered = replace(task_of(text, Answer(slot=REST, choice=REST)), proposal=asked.proposal)
    made = await propose(answered, ProposingResolver(model))
    assert isinstance(made.verdict, Plan)
    assert any("pero no hoy" in each for each in made.verdict.held)


async def test_words_beside_a_drafted_text_are_asked_about_and_those_that_it_tells_are_not() -> None:
    letter = {"draft": "Your ladder is ready.", "fills": [], "quote": "the ladder is ready"}
    step = {"action": "write_member", "member_id": find("member", "Ruth Meyer"), "letter": letter}
    model = Reads("nothing", step=step)
    await came_of(model, "let Ruth Meyer know the ladder is ready, by courier")
    assert 'B1: "by courier"' in model.told[0]
    assert "B2" not in model.told[0]


async def test_a_refused_reading_of_a_stored_plan_stands_in_history_beside_the_plan_itself() -> None:
    first = await came_of(Reads("nothing"), IN_PARTS)
    stored = replace(task_of(IN_PARTS), proposal=first.proposal)
    made = await propose(stored, ProposingResolver(Reads("nothing", known={**RIGHT, "A3": CHANGES})))
    assert made.resolved is not None
    assert made.resolved.resolution.kind == "proposed"
    assert made.resolved.trace.prompt_version == SECOND_READING_VERSION


class Answered(Reads):
    """Plans another step once something was answered."""

    def __init__(self, first: Any, then: Any, *verdicts: str) -> None:
        super().__init__(*verdicts, step=first)
        self.then = then

    async def answer_with(self, text: str, said: Answer, *more: Answer) -> Outcome:
        asked = (await propose(task_of(text), ProposingResolver(self))).proposal
        self.step = self.then
        self.told.clear()
        return await propose(replace(task_of(text, said, *more), proposal=asked), ProposingResolver(self))


NO_DAYS = {**LOAN, "days": None}
PIETS = {**FINE, "fine_id": find("fine", None, {"belongs_to": find("member", "Piet Vos")})}
HOSE = {**FINE, "fine_id": find("fine", "F-233")}


@pytest.mark.parametrize(
    ("text", "first", "then", "slot", "said", "piece"),
    [
        ("renew loan 502", NO_DAYS, days("7 days"), "0.days", "7 days on probation", "on probation"),
        ("renew loan 502", NO_DAYS, days("7, and ring Ruth"), "0.days", "7, and ring Ruth", "ring Ruth"),
        ("waive Piet Vos's fine", PIETS, HOSE, "0.fine_id", "F-233 in triplicate", "in triplicate"),
    ],
)
async def test_words_of_an_answer_that_nothing_accounts_for_are_asked_about(
    text: str, first: Any, then: Any, slot: str, said: str, piece: str
) -> None:
    model = Answered(first, then, CHANGES)
    made = await model.answer_with(text, Answer(slot=slot, text=said))
    assert isinstance(made.verdict, Question)
    assert f"‘{piece}’" in made.verdict.text
    assert f'B1: "{piece}"' in model.told[0]
    assert isinstance(
        (await Answered(first, then, "nothing").answer_with(text, Answer(slot=slot, text=said))).verdict, Plan
    )


@pytest.mark.parametrize(
    ("text", "first", "then", "slot", "said"),
    [
        ("renew loan 502", NO_DAYS, days("a week"), "0.days", "a week please"),
        ("renew loan 502", NO_DAYS, NO_DAYS, "0.days", "7 days"),
        ("waive Piet Vos's fine", PIETS, HOSE, "0.fine_id", "the one for the torn hose"),
        ("waive Piet Vos's fine", PIETS, PIETS, "0.fine_id", "F-233"),
    ],
)
async def test_an_answer_that_only_says_what_was_asked_is_not(
    text: str, first: Any, then: Any, slot: str, said: str
) -> None:
    model = Answered(first, then, CHANGES)
    await model.answer_with(text, Answer(slot=slot, text=said))
    assert model.told == []


async def test_how_an_answer_describes_what_is_meant_is_the_answer_itself() -> None:
    proposal = (await came_of(Reads(), "waive F-231")).proposal
    assert proposal is not None
    context = task_of("").workspace_context
    contract = context.catalogue.get("lending.waive_fine")
    assert contract is not None

    def open_in(said: str) -> tuple[str, ...]:
        request = task_of("waive F-231", Answer(slot="0.fine_id", text=said)).request
        return find_open_words(Order(request, proposal, [contract], tuple(context.kinds)))

    assert open_in("the lad's from the brewery") == ()
    assert open_in("the lad's from the brewery, and ring Ruth") == ("ring Ruth",)


async def test_an_edited_card_shows_the_words_as_well_while_the_model_is_gone() -> None:
    class Gone(Reads):
        def judge(self, parser: PieceParser) -> dict[str, Any]:
            raise ModelUnavailable("gone")

    text, told = "renew loan 502 by 7 days, in triplicate please", "you also wrote ‘in triplicate please’"
    model = Gone(step=days("7 days"))
    first = await came_of(model, text)
    edited = replace(task_of(text, Answer(slot="0.days", text="9 days")), proposal=first.proposal, must_wait="Edited.")
    for made in (first, await propose(edited, ProposingResolver(model))):
        assert isinstance(made.verdict, Plan)
        assert any(told in each for each in made.verdict.held)


async def test_a_card_saved_by_a_second_reading_shows_the_other_words_that_it_passes_over() -> None:
    made = await came_of(Reads("nothing"), "waive F-231, not her sister, in triplicate please")
    assert isinstance(made.verdict, Plan)
    assert any("‘not her sister’" in each for each in made.verdict.held)
    assert any("you also wrote ‘in triplicate please’" in each for each in made.verdict.held)
