"""References, conditions, sums and answers over a lending library, in the form that a model says them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from agent.pipeline import Answer, Plan, Question, Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from agent.workspace.context import WorkspaceContext
from registry.catalogue import Catalogue
from registry.records import Kinds
from tests.unit.agent.validate.fake_platform import SAAS, Platform, customer, ticket
from tests.unit.own_worlds import NOW, OWNER, Says, answer, came_of, find, number, plan

INES = {"belongs_to": find("member", "Ines Duarte")}
PIET = {"belongs_to": find("member", "Piet Vos")}
DUE = {"state": "due", "not": False}


def day(text: str, quote: str = "x") -> dict[str, Any]:
    return {"date": text, "quote": quote}


def word(value: Any, quote: str = "x") -> dict[str, Any]:
    return {"word": value, "quote": quote}


async def reply(result: dict[str, Any], text: str = "Ines Duarte Piet Vos Ruth F-233 x") -> Reply:
    made = (await came_of(text, result)).verdict
    assert isinstance(made, Reply), made
    return made


async def ids(kind: str, *where: dict[str, Any], **more: Any) -> list[str]:
    found = await reply(answer(records=find(kind, None, *where, **{"pick": "all", **more}), fields=[]))
    return [each.id for each in found.records]


@pytest.mark.parametrize(
    ("kind", "where", "expected"),
    [
        ("fine", [DUE], {"31", "33", "34", "35"}),
        ("fine", [{"state": "due", "not": True}], {"32"}),
        ("fine", [DUE, PIET], {"33", "34"}),
        ("fine", [{"field": "amount", "op": ">", "value": number(9, "x", "EUR")}], {"33", "35"}),
        ("fine", [{"field": "amount", "op": "<=", "value": number(4.5, "x")}], {"32"}),
        ("fine", [{"field": "amount", "op": ">", "value": number(9, "x", "USD")}], set()),
        ("fine", [{"field": "why", "op": "contains", "value": word("washer")}], {"33", "34"}),
        ("fine", [{"field": "charged_on", "op": "during", "value": day("2026-11")}], {"31", "33", "34"}),
        ("fine", [{"field": "charged_on", "op": "<", "value": day("2026-11-15")}], {"31", "32", "35"}),
        ("fine", [{"field": "charged_on", "op": ">", "value": day("2026-11-15")}], {"34"}),
        ("fine", [{"field": "charged_on", "op": "!=", "value": day("2026")}], set()),
        ("fine", [{"except": find("fine", "F-233")}, DUE], {"31", "34", "35"}),
        ("fine", [{"except": find("fine", None, PIET, pick="all")}, DUE], {"31", "35"}),
        ("fine", [{"any_of": [{"state": "paid", "not": False}, PIET]}], {"32", "33", "34"}),
        ("member", [{"has": find("fine", None, DUE, pick="all"), "op": ">=", "n": 2}], {"5"}),
        ("member", [{"has": find("loan", None, pick="all"), "op": "=", "n": 0}], {"3"}),
        ("member", [{"state": "paused", "not": False}], {"3"}),
        ("member", [{"field": "status", "op": "!=", "value": word("active")}], {"3"}),
        ("item", [{"field": "shelf", "op": "=", "value": word("cellar")}], {"102", "105"}),
        ("loan", [{"belongs_to": find("item", None, {"field": "shelf", "op": "=", "value": word("cellar")}, pick="all")}], {"504", "505"}),  # noqa: E501
    ],
)  # fmt: skip
async def test_conditions_keep_what_they_say(kind: str, where: list[dict[str, Any]], expected: set[str]) -> None:
    assert set(await ids(kind, *where)) == expected


@pytest.mark.parametrize(
    ("kind", "order", "more", "expected"),
    [
        ("fine", {"by": "as listed", "first": "latest", "nth": 1}, {"pick": "one"}, ["34"]),
        ("fine", {"by": "as listed", "first": "earliest", "nth": 2}, {"pick": "one"}, ["32"]),
        ("fine", {"by": "as listed", "first": "highest", "nth": 1}, {"pick": 2}, ["33", "35"]),
        ("item", {"by": "worth", "first": "lowest", "nth": 1}, {"pick": "one"}, ["103"]),
        ("member", {"count": find("fine", None, pick="all"), "first": "highest", "nth": 1}, {"pick": "one"}, ["5"]),
    ],
)
async def test_order_and_place(kind: str, order: dict[str, Any], more: dict[str, Any], expected: list[str]) -> None:
    assert await ids(kind, order=order, **more) == expected


@pytest.mark.parametrize(
    ("kind", "where", "more", "says"),
    [
        ("fine", [PIET, DUE], {"pick": "one"}, "could be meant"),
        ("fine", [PIET, DUE], {"pick": 3}, "You said 3"),
        ("fine", [{"state": "frozen", "not": False}], {"pick": "one"}, "can't tell which"),
        ("fine", [{"field": "amount", "op": "contains", "value": word("red")}], {"pick": "one"}, "told apart"),
        (
            "member",
            [],
            {"pick": "one", "order": {"by": "name", "first": "latest", "nth": 9}},
            "There are only 5 members",
        ),
    ],
)
async def test_what_stays_open_is_asked(kind: str, where: list[Any], more: dict[str, Any], says: str) -> None:
    asked = (await came_of("Piet Vos Ruth x", answer(records=find(kind, None, *where, **more), fields=[]))).verdict
    assert isinstance(asked, Question)
    assert says in asked.text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"count": find("fine", None, DUE, pick="all")}, "4"),
        ({"total": "amount", "of": find("fine", None, DUE, pick="all")}, "51.00 EUR"),
        ({"op": "-", "a": {"field": "amount", "of": find("fine", "F-233")}, "b": number(5, "x", "EUR")}, "19.00 EUR"),
        ({"op": "-", "a": {"field": "amount", "of": find("fine", "F-233")}, "b": number(10, "x", "%")}, "21.60 EUR"),
        ({"op": "*", "a": {"field": "amount", "of": find("fine", "F-233")}, "b": number(25, "x", "%")}, "6.00 EUR"),
        ({"op": "/", "a": {"field": "amount", "of": find("fine", "F-233")}, "b": number(3, "x")}, "8.00 EUR"),
        ({"op": "+", "a": day("2026-11-24"), "b": number(2, "x", "weeks")}, "2026-12-08"),
        ({"op": "+", "a": day("2027-01-31"), "b": number(1, "x", "month")}, "2027-02-28"),
        ({"op": "days between", "a": day("2026-11-24"), "b": day("2026-12-01")}, "7 days"),
    ],
)
async def test_values_are_worked_out_by_code(value: dict[str, Any], shown: str) -> None:
    made = await reply(answer(value=value, about=None))
    assert made.values == (shown,)


@pytest.mark.parametrize(
    "value",
    [
        {"op": "+", "a": {"field": "amount", "of": find("fine", "F-233")}, "b": number(5, "x", "USD")},
        {"op": "*", "a": number(5, "x", "EUR"), "b": number(5, "x", "EUR")},
        {"op": "/", "a": number(5, "x"), "b": number(0, "x")},
        {"op": "*", "a": number(1e12, "x"), "b": number(1e12, "x")},
        {"op": "+", "a": word("red"), "b": number(1, "x")},
        {"op": "days between", "a": number(1, "x"), "b": day("2026-12-01")},
        {"op": "+", "a": day("9999-12-31"), "b": number(9, "x", "days")},
        {"field": "joined_on", "of": find("fine", "F-233")},
        {"date": "2026-13-45", "quote": "x"},
    ],
)
async def test_what_can_not_be_worked_out_is_asked_and_never_guessed(value: dict[str, Any]) -> None:
    assert isinstance((await came_of("F-233 x", answer(value=value, about=None))).verdict, Question)


@pytest.mark.parametrize(
    ("tests", "join", "says"),
    [
        ([({"field": "status", "of": find("fine", "F-233")}, "=", word("due"))], "all", "yes"),
        ([({"field": "amount", "of": find("fine", "F-233")}, ">", number(30, "x", "EUR"))], "all", "no"),
        ([({"count": find("fine", None, PIET, pick="all")}, "=", number(2, "x"))], "all", "yes"),
        ([({"field": "charged_on", "of": find("fine", "F-233")}, "during", day("2026-11"))], "all", "yes"),
        ([({"field": "charged_on", "of": find("fine", "F-233")}, "<", day("2026-11-15"))], "all", "no"),
        ([({"field": "why", "of": find("fine", "F-233")}, "contains", word("hose"))], "all", "yes"),
        ([(number(1, "x"), "=", number(2, "x")), (number(1, "x"), "=", number(1, "x"))], "any", "yes"),
    ],
)
async def test_yes_or_no(tests: list[tuple[Any, str, Any]], join: str, says: str) -> None:
    said = [{"left": left, "op": op, "right": right} for left, op, right in tests]
    assert (await reply(answer(yes_no=said, join=join, about=None))).values == (says,)


@pytest.mark.parametrize(
    ("field", "op", "value", "text"),
    [
        ("status", "=", word("due"), "Yes: F-233 is due."),
        ("status", "=", word("paid"), "No: F-233 is due, not paid."),
        ("amount", ">", number(20, "x", "EUR"), "Yes: F-233 (24.00 EUR, more than 20.00 EUR)."),
        ("amount", ">", number(30, "x", "EUR"), "No: F-233 (24.00 EUR, not more than 30.00 EUR)."),
        ("charged_on", "during", day("2026-10"), "No: F-233 (charged on 15 Nov 2026, not in October 2026)."),
        ("charged_on", "<", day("2026-11-15"), "No: F-233 (charged on 15 Nov 2026, not before 15 Nov 2026)."),
        ("charged_on", "=", day("2026-11-16"), "No: F-233 (charged on 15 Nov 2026, not 16 Nov 2026)."),
    ],
)
async def test_a_yes_and_a_no_say_what_is_so(field: str, op: str, value: Any, text: str) -> None:
    test = {"left": {"field": field, "of": find("fine", "F-233")}, "op": op, "right": value}
    assert (await reply(answer(yes_no=[test], join="all", about=None))).text == text


async def test_none_is_told_as_none_and_not_as_no_more_than_none() -> None:
    test = {"left": {"field": "on_hand", "of": find("item", "baby formula")}, "op": ">", "right": number(0, "x")}
    made = (await came_of("baby formula x", answer(yes_no=[test], join="all", about=None), "foodbank")).verdict
    assert isinstance(made, Reply)
    assert made.text.startswith("No: ")
    assert "not more than" not in made.text


async def test_what_is_worked_out_of_several_records_is_told_of_none_of_them() -> None:
    fines = find("fine", None, PIET, pick="all")
    share = {"op": "/", "a": {"total": "amount", "of": fines}, "b": {"count": fines}}
    made = await reply(answer(value=share, about=None))
    assert len(made.records) == 2
    assert made.text.startswith(made.values[0])


async def test_two_currencies_are_not_compared() -> None:
    test = {"left": {"field": "amount", "of": find("fine", "F-233")}, "op": "<", "right": number(1, "x", "USD")}
    asked = (await came_of("F-233 x", answer(yes_no=[test], join="all", about=None))).verdict
    assert isinstance(asked, Question)
    assert "can't compare" in asked.text


async def test_what_an_action_is_and_what_there_is_to_do() -> None:
    assert (await reply(answer(action="waive_fine", asks="may I"))).values == ("yes",)
    assert (await reply(answer(action="waive_fine", asks="is it confirmed"))).values == ("no",)
    assert (await reply(answer(action="scrap_item", asks="is it confirmed"))).values == ("yes",)
    assert (await reply(answer(action="scrap_item", asks="can it be undone"))).values == ("no",)
    assert "Waive a fine" in (await reply(answer(what_can_i_do=True))).text


async def test_an_answer_lists_records_with_actions_that_fit_them() -> None:
    made = await reply(answer(records=find("fine", "F-233"), fields=["amount", "status"]))
    assert made.values == ("24.00 EUR",)
    assert made.actions == ("lending.waive_fine",)
    paid = await reply(answer(records=find("fine", None, {"state": "paid", "not": False}), fields=[]))
    assert paid.actions == ()  # a paid fine can't be waived


async def test_a_condition_that_records_answer_decides_between_two_calls() -> None:
    def branch(limit: float) -> dict[str, Any]:
        test = {"left": {"field": "amount", "of": find("fine", "F-231")}, "op": "<", "right": number(limit, "x", "EUR")}
        waive = {"action": "waive_fine", "fine_id": find("fine", "F-231"), "amount": None}
        renew = {"action": "renew_loan", "loan_id": find("loan", "502"), "days": number(7, "7 days", "days")}
        return plan({"if": [test], "join": "all", "then": [waive], "else": [renew]})

    for limit, action in ((10, "lending.waive_fine"), (5, "lending.renew_loan")):
        made = (await came_of("F-231 if under x, else loan 502 for 7 days", branch(limit))).verdict
        assert isinstance(made, Plan)
        assert [step.action for step in made.steps] == [action]
        assert made.held  # what was looked up for it is shown
        assert ("fine", "31") in {(pin.record_kind, pin.record_id) for pin in made.steps[0].pins}


async def test_a_question_before_an_order_is_its_condition_where_the_plan_says_so() -> None:
    test = {"left": {"field": "amount", "of": find("fine", "F-231")}, "op": "<", "right": number(10, "10", "EUR")}
    waive = {"action": "waive_fine", "fine_id": find("fine", "F-231"), "amount": None}
    text = "is F-231 under 10? if so waive it"
    waits = (await came_of(text, plan({"if": [test], "join": "all", "then": [waive], "else": []}))).verdict
    assert isinstance(waits, Plan), waits
    passes_over = (await came_of(text, plan(waive))).verdict
    assert isinstance(passes_over, Question), passes_over


async def test_a_value_computed_from_another_record_holds_as_long_as_that_does() -> None:
    worth = {"field": "worth", "of": find("item", "Belt sander")}
    fine = {"member_id": find("member", "Tariq Osman"), "amount": worth, "reason": {"value": "lost", "quote": "lost"}}
    text = "charge Tariq Osman what the Belt sander is worth: lost"
    made = (await came_of(text, plan({"action": "charge_fine", **fine}))).verdict
    assert isinstance(made, Plan), made
    assert ("item", "101") in {(pin.record_kind, pin.record_id) for pin in made.steps[0].pins}


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("the second one", "33"),
        ("2", "33"),
        ("the newer one", "34"),
        ("the smaller", "34"),
        ("the one about the hose", "33"),
        ("F-234", "34"),
        ("the purple one", None),
        ("the third one", None),
    ],
)
async def test_an_answer_in_any_words_singles_one_out(words: str, chosen: str | None) -> None:
    text, waive = (
        "waive the fine of Piet Vos",
        {"action": "waive_fine", "fine_id": find("fine", None, PIET), "amount": None},
    )
    asked = (await came_of(text, plan(waive))).verdict
    assert isinstance(asked, Question)
    assert [each.id for each in asked.candidates] == ["34", "33"]
    made = (await came_of(text, plan(waive), answers=[Answer(slot=asked.slot, text=words)])).verdict
    expected = chosen
    if expected is None:
        assert isinstance(made, Question)
    else:
        assert isinstance(made, Plan), made
        assert str(made.steps[0].filled[0].value) == expected


OPEN: dict[str, Any] = {"state": "open", "not": False}


async def test_an_answer_names_the_words_that_it_leaves_out() -> None:
    fines = answer(value={"count": find("fine", None, DUE, pick="all")})
    text = "how many fines are due, and how many of those look old?"
    made = (await came_of(text, fines, left=["how many of those look old", "never typed"])).verdict
    assert isinstance(made, Reply)
    assert made.text.endswith(". This leaves out ‘how many of those look old’.")


async def test_what_was_spoken_of_before_may_be_left_out_where_it_is_so_no_more() -> None:
    spoken = {"@fine1": (("fine", "32"),)}
    others = answer(records=find("fine", None, DUE, {"except": {"handle": "@fine1"}}, pick="all"), fields=[])
    made = (await came_of("which other fines are due?", others, thread=spoken)).verdict
    assert isinstance(made, Reply)
    assert {each.id for each in made.records} == {"31", "33", "34", "35"}
    named = answer(records=find("fine", None, DUE, {"except": find("fine", "F-232")}, pick="all"), fields=[])
    assert isinstance((await came_of("which fines are due except F-232?", named)).verdict, Question)


@pytest.mark.parametrize("asks", ["count", "list", "test"])
async def test_a_state_of_several_values_says_how_many_have_each(asks: str) -> None:
    loans = find("loan", None, OPEN, pick="all")
    shaped: dict[str, dict[str, Any]] = {
        "count": {"value": {"count": loans}},
        "list": {"records": loans, "fields": []},
        "test": {"yes_no": [{"left": {"count": loans}, "op": ">", "right": number(0)}], "join": "all", "about": None},
    }
    made = await reply(answer(**shaped[asks]))
    assert re.search(r"^(Yes: )?\d+ open loans \(\d+ out, \d+ late\)[:.]", made.text), made.text


async def test_a_count_names_few_records_and_a_list_names_them_all() -> None:
    fines = find("fine", None, pick="all")
    assert (await reply(answer(value={"count": fines}))).text == "5 fines."
    assert (await reply(answer(value={"count": find("fine", None, DUE, PIET, pick="all")}))).text.startswith(
        "2 due fines of Piet Vos: F-"
    )
    assert (await reply(answer(records=fines, fields=[]))).text.count("F-") == 5


async def test_a_list_shows_the_field_it_was_narrowed_by() -> None:
    where = {"field": "charged_on", "op": "during", "value": day("2026-11")}
    made = await reply(answer(records=find("fine", None, where, pick="all"), fields=[]))
    assert len(re.findall(r"\bcharged on \d{1,2} Nov 2026\b", made.text)) == 3, made.text


async def shop_says(text: str, result: dict[str, Any]) -> Any:
    rows = {
        "article": [{"slug": "a", "title": "Tune a loud piano"}, {"slug": "b", "title": "Store a piano"}],
        "customer": [customer(401, "Nora Lindqvist")],
        "agent": [{"id": 7, "name": "Ida Brandt", "email": "ida@example.com", "team": "support", "available": True}],
        "ticket": [
            ticket(5519, 401, "Out of tune", agent_id=7, agent_name="Ida Brandt", assigned=True),
            ticket(5520, 401, "Too loud"),
        ],
    }
    kinds = Kinds([Platform(rows)])
    context = WorkspaceContext("shop", Catalogue(SAAS), kinds, kinds)
    task = Task(Request(text=text, now=NOW), OWNER, context, "run_00000000000000000000000001")
    return (await propose(task, ProposingResolver(Says({"understood": "", "result": result, "rest": []})))).verdict


@pytest.mark.parametrize(
    ("said", "stands"),
    [("tuning loud pianos", True), ("piano tuning", True), ("tuning", False), ("tuning harps", False)],
)
async def test_a_title_is_found_by_its_words_in_other_forms_and_the_card_says_which_it_is(
    said: str, stands: bool
) -> None:
    step = {"action": "send_kb_link", "ticket_id": find("ticket", "5520"), "article": find("article", said)}
    made = await shop_says(f"send the article on {said} to 5520", plan(step))
    assert isinstance(made, Plan if stands else Question), made
    assert not stands or f"You wrote ‘{said}’; this is Tune a loud piano." in made.held
