"""Days that a model proposes as a stretch: the last one never comes before the first, and two single days are none.
A week is no day, and what is planned ahead isn't planned for a day that has passed."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Answer, Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit import museum
from tests.unit.agent.resolve.rules.grammar.test_day_pairs import make_world
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import ask
from tests.unit.own_worlds import NOW, OWNER, Says, find, plan
from tests.unit.playhouse import PLAYHOUSE

_DAY = {"type": "string", "format": "date"}
_OFFER = museum._offer(
    "shut",
    "Shut an exhibit",
    {"exhibit_id": {"type": "integer"}, "first_day": _DAY, "last_day": _DAY},
    {"exhibit_id": {"record": "exhibit"}, "first_day": {"label": "First day"}, "last_day": {"label": "Last day"}},
)
SHUT = FrozenWorld({"contracts": [_OFFER], "kinds": museum._KINDS, "records": museum._RECORDS})


async def shut(said: str, first: tuple[str, str], last: tuple[str, str]) -> Any:
    days = {
        name: {"date": value, "quote": quote} for name, (value, quote) in (("first_day", first), ("last_day", last))
    }
    request = Request(text=f"shut Glass Bells {said}", now=NOW)
    task = Task(request, OWNER, SHUT.context(SHUT.provider({})), "run_00000000000000000000000001")
    call = {"action": "shut", "exhibit_id": find("exhibit", "Glass Bells"), **days}
    answer = {"understood": "", "result": plan(call), "rest": []}
    return (await propose(task, ProposingResolver(Says(answer)))).verdict


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("from friday to thursday", ("2026-11-27", "friday"), ("2026-11-26", "thursday")),
        ("from 3 december to 1 december", ("2026-12-03", "3 december"), ("2026-12-01", "1 december")),
        ("on friday and sunday", ("2026-11-27", "friday"), ("2026-11-29", "sunday")),
        ("tomorrow, friday", ("2026-11-25", "tomorrow"), ("2026-11-27", "friday")),
    ],
)
async def test_days_that_make_no_stretch_are_asked_about(
    said: str, first: tuple[str, str], last: tuple[str, str]
) -> None:
    asked = await shut(said, first, last)
    assert isinstance(asked, Question), asked
    assert asked.param == "last_day"


@pytest.mark.parametrize("said", ["from friday to sunday", "from friday until sunday"])
async def test_a_stretch_stands(said: str) -> None:
    made = await shut(said, ("2026-11-27", "friday"), ("2026-11-29", "sunday"))
    assert isinstance(made, Plan), made


async def test_two_days_with_none_between_are_a_stretch() -> None:
    made = await shut("on thursday and friday", ("2026-11-26", "thursday"), ("2026-11-27", "friday"))
    assert isinstance(made, Plan), made


@pytest.mark.parametrize(
    ("said", "first", "last", "held"),
    [
        ("from 7 to 9 December", ("2026-12-07", "from 7"), ("2026-12-09", "to 9 December"), False),
        ("7-9 dec", ("2026-12-07", "7"), ("2026-12-09", "9 dec"), False),
        ("28 December to 3 January", ("2026-12-28", "28 December"), ("2027-01-03", "to 3 January"), False),
        ("from Thursday until Tuesday", ("2026-11-26", "Thursday"), ("2026-12-01", "until Tuesday"), False),
        ("for the weekend", ("2026-11-28", "for the weekend"), ("2026-11-29", "for the weekend"), False),
        ("from 7 December for two weeks", ("2026-12-07", "7 December"), ("2026-12-20", "for two weeks"), False),
        ("for a fortnight from Monday", ("2026-11-30", "from Monday"), ("2026-12-13", "a fortnight"), False),
        ("from Monday for 3 days", ("2026-11-30", "Monday"), ("2026-12-02", "3 days"), False),
        ("from Monday for 3 days", ("2026-11-30", "Monday"), ("2026-12-03", "3 days"), True),
        ("from Thursday for 3 days", ("2026-11-26", "Thursday"), ("2026-11-28", "3 days"), True),
        ("from 7 to 9 December", ("2026-12-07", "from 7"), ("2026-12-08", "to 9 December"), True),
        ("from 7 to 9 December", ("2026-12-09", "from 7"), ("2026-12-09", "to 9 December"), True),
        ("from 7 to 9 December", ("2026-12-06", "from 7 to 9 December"), ("2026-12-09", "to 9 December"), True),
        ("from 5/12 to 7/12", ("2026-12-05", "5/12"), ("2026-12-07", "7/12"), True),
    ],
)
async def test_both_ends_of_a_stretch_are_proven_by_all_words_that_say_it(
    said: str, first: tuple[str, str], last: tuple[str, str], held: bool
) -> None:
    made = await shut(said, first, last)
    assert isinstance(made, Plan), made
    assert bool(made.held) is held


@pytest.mark.parametrize(
    "said",
    [
        "early next weekend",
        "at some point next weekend",
        "one morning next weekend",
        "in the middle of next weekend",
        "towards next weekend",
        "next weekend or so",
        "probably next weekend",
        "no sooner than next weekend",
    ],
)
async def test_words_that_make_less_of_a_period_are_asked_about(said: str) -> None:
    both = ("2026-12-05", "next weekend"), ("2026-12-06", "next weekend")
    for asked in (await shut(said, *both), (await ask(SHUT, f"shut Glass Bells {said}")).verdict):
        assert isinstance(asked, Question), asked
        assert "next weekend" in asked.text, asked.text


@pytest.mark.parametrize("said", ["next weekend", "the whole of next weekend"])
async def test_a_period_by_itself_is_both_days(said: str) -> None:
    both = ("2026-12-05", "next weekend"), ("2026-12-06", "next weekend")
    for made in (await shut(said, *both), (await ask(SHUT, f"shut Glass Bells {said}")).verdict):
        assert isinstance(made, Plan), made
        assert not made.held


@pytest.mark.parametrize("said", ["two weeks from friday", "the end of next week", "as of next weekend"])
async def test_words_that_may_be_a_day_or_a_stretch_are_asked_about(said: str) -> None:
    asked = (await ask(SHUT, f"shut Glass Bells {said}")).verdict
    assert isinstance(asked, Question), asked
    assert f"‘{said}’" in asked.text
    day = "2026-12-11" if "friday" in said else "2026-12-06"
    asked = await shut(said, (day, said), (day, said))
    assert isinstance(asked, Question), asked


async def test_a_length_from_a_day_is_asked_about_for_both_days_and_an_end_for_the_other() -> None:
    asked = (
        await ask(SHUT, "shut Glass Bells two weeks from friday", Answer(slot="0.first_day", text="friday"))
    ).verdict
    assert isinstance(asked, Question), asked
    assert asked.slot == "0.last_day"
    answer = Answer(slot="0.last_day", text="24 december")
    made = (await ask(SHUT, "shut Glass Bells from the end of next week", answer)).verdict
    assert isinstance(made, Plan), made
    assert [each.value for each in made.steps[0].filled][1:] == ["2026-12-06", "2026-12-24"]


@pytest.mark.parametrize("said", ["two weeks from now", "from the end of next week until 24 december"])
async def test_a_day_that_is_counted_from_now_or_is_one_end_stands(said: str) -> None:
    made = (await ask(SHUT, f"shut Glass Bells {said}")).verdict
    assert isinstance(made, Plan), made


@pytest.mark.parametrize(
    "said", ["not from Friday to Sunday", "not on Friday", "not next weekend", "not for the weekend"]
)
async def test_a_denied_stretch_is_asked_about(said: str) -> None:
    there = make_world("close", "Close an exhibit", ("from_day", {"label": "From"}), ("to_day", {"label": "Until"}))
    made = (await ask(there, f"close Glass Bells for Bo Ferrer {said}")).verdict
    assert isinstance(made, Question), made


@pytest.mark.parametrize("but", ["but not on sunday", ", not on sunday"])
async def test_a_day_within_a_stretch_that_is_denied_is_asked_about(but: str) -> None:
    asked = await shut(f"from friday until wednesday {but}", ("2026-11-27", "friday"), ("2026-12-02", "wednesday"))
    assert isinstance(asked, Question), asked


async def test_a_record_that_is_moved_from_one_day_to_another_gets_no_stretch() -> None:
    made = (await ask(LAUNDRY, "shift load 801 from Friday to Thursday")).verdict
    assert isinstance(made, Plan), made
    assert [each.value for each in made.steps[0].filled] == [801, "2026-11-26"]
    assert not made.held


def visits(name: str, title: str, day: str = "day", aliases: tuple[str, ...] = ()) -> FrozenWorld:
    parameters = {"exhibit_id": {"type": "integer"}, day: _DAY}
    label = day.replace("_", " ").capitalize()
    offer = museum._offer(name, title, parameters, {"exhibit_id": {"record": "exhibit"}, day: {"label": label}})
    offer = {**offer, "aliases": list(aliases)}
    return FrozenWorld({"contracts": [offer], "kinds": museum._KINDS, "records": museum._RECORDS})


EXTEND = visits("extend_show", "Extend a show", "until")
BOOK = visits("book_visit", "Book a visit")


@pytest.mark.parametrize("said", ["next week", "next weekend", "the week of 9 december"])
async def test_a_week_is_no_day(said: str) -> None:
    asked = (await ask(BOOK, f"book Glass Bells for {said}")).verdict
    assert isinstance(asked, Question), asked
    assert "more than a day" in asked.text


async def test_the_day_of_a_week_is_not_the_week() -> None:
    request = Request(text="book Glass Bells in the week of 9 december", now=NOW)
    call = {"action": "book_visit", "exhibit_id": find("exhibit", "Glass Bells")}
    call["day"] = {"date": "2026-12-09", "quote": "9 december"}
    answer = {"understood": "", "result": plan(call), "rest": []}
    task = Task(request, OWNER, BOOK.context(BOOK.provider({})), "run_00000000000000000000000001")
    asked = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(asked, Question), asked
    assert "more than a day" in asked.text


async def test_what_is_booked_is_for_a_day_to_come() -> None:
    asked = (await ask(BOOK, "book Glass Bells for 24 october")).verdict
    assert isinstance(asked, Question), asked
    assert "has passed" in asked.text
    assert isinstance((await ask(BOOK, "book Glass Bells for 24 december")).verdict, Plan)
    assert isinstance((await ask(BOOK, "book Glass Bells for today")).verdict, Plan)


@pytest.mark.parametrize("aliases", [(), ("book past visits", "arrange what was missed")])
async def test_what_is_written_down_may_have_happened(aliases: tuple[str, ...]) -> None:
    log = visits("log_visit", "Log a visit", aliases=aliases)
    made = (await ask(log, "log a visit to Glass Bells on 24 october")).verdict
    assert isinstance(made, Plan), made


@pytest.mark.parametrize("until", ["next week", "yesterday", "24 october"])
async def test_what_is_extended_until_a_day_runs_to_one_day_to_come(until: str) -> None:
    asked = (await ask(EXTEND, f"extend Glass Bells until {until}")).verdict
    assert isinstance(asked, Question), asked
    assert asked.param == "until"
    assert isinstance((await ask(EXTEND, "extend Glass Bells until 24 december")).verdict, Plan)


async def test_what_begins_next_week_begins_on_its_first_day() -> None:
    made = (await ask(visits("open_show", "Open a show", "start_day"), "open Glass Bells from next week")).verdict
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[-1].value == "2026-11-30"


@pytest.mark.parametrize("said", ["from 1/12 to 4/12", "from 2/3 until 5/3"])
async def test_figures_that_may_be_either_month_are_asked_about(said: str) -> None:
    asked = (await ask(SHUT, f"shut Glass Bells {said}")).verdict
    assert isinstance(asked, Question), asked
    assert asked.param == "first_day"


RESCHEDULE = visits("set_opening", "Set an opening", "opens_on")
OPEN_UNTIL = visits("hold_show", "Hold a show", "until")


@pytest.mark.parametrize(
    "said", ["before 24 december", "after friday", "before christmas", "from 24 december", "before the 24th"]
)
async def test_a_day_that_only_bounds_what_is_meant_is_asked_about(said: str) -> None:
    asked = (await ask(BOOK, f"book Glass Bells {said}")).verdict
    assert isinstance(asked, Question), asked
    assert asked.text == f"‘{said}’ doesn't say which day. Which day should it be?"


@pytest.mark.parametrize("said", ["on christmas", "on new year's day", "on 24 december", "by 24 december"])
async def test_a_day_with_its_own_preposition_stands(said: str) -> None:
    assert isinstance((await ask(BOOK, f"book Glass Bells {said}")).verdict, Plan)


@pytest.mark.parametrize("said", ["on friday", "by friday", "from friday"])
async def test_until_a_day_is_not_on_it(said: str) -> None:
    asked = (await ask(OPEN_UNTIL, f"hold Glass Bells {said}")).verdict
    assert isinstance(asked, Question), asked
    assert isinstance((await ask(OPEN_UNTIL, "hold Glass Bells until friday")).verdict, Plan)


@pytest.mark.parametrize("said", ["it ends on friday", "the show runs out on friday", "ending on friday"])
async def test_what_ends_on_a_day_lasts_until_it(said: str) -> None:
    request = Request(text=f"hold Glass Bells, {said}", now=NOW)
    call = {"action": "hold_show", "exhibit_id": find("exhibit", "Glass Bells")}
    call["until"] = {"date": "2026-11-27", "quote": said}
    answer = {"understood": "", "result": plan(call), "rest": []}
    task = Task(request, OWNER, OPEN_UNTIL.context(OPEN_UNTIL.provider({})), "run_00000000000000000000000001")
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(made, Plan), made


async def test_a_model_that_takes_a_bound_for_the_day_is_asked_too() -> None:
    request = Request(text="book Glass Bells before friday", now=NOW)
    call = {"action": "book_visit", "exhibit_id": find("exhibit", "Glass Bells")}
    call["day"] = {"date": "2026-11-27", "quote": "before friday"}
    answer = {"understood": "", "result": plan(call), "rest": []}
    task = Task(request, OWNER, BOOK.context(BOOK.provider({})), "run_00000000000000000000000001")
    asked = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(asked, Question), asked
    assert asked.param == "day"


async def test_a_day_to_come_is_not_replaced_by_one_that_has_passed() -> None:
    asked = (await ask(RESCHEDULE, "set the opening of Glass Bells to yesterday")).verdict
    assert isinstance(asked, Question), asked
    assert "has passed" in asked.text


@pytest.mark.parametrize(
    "said",
    [
        "starting 4 January 2027",
        "beginning on 4 January 2027",
        "from January 4",
        "as of 4 January 2027",
        "on 4 January 2027",
    ],
)
async def test_a_day_on_which_something_begins_may_be_said_as_its_first(said: str) -> None:
    made = (await ask(PLAYHOUSE, f"enrol Ivo Lang in a beginner course {said} for 90")).verdict
    assert isinstance(made, Plan), made
    assert {each.param: each.value for each in made.steps[0].filled}["begins_on"] == "2027-01-04"


@pytest.mark.parametrize("said", ["until 4 January 2027", "before 4 January 2027"])
async def test_the_end_of_what_begins_is_asked_about(said: str) -> None:
    asked = (await ask(PLAYHOUSE, f"enrol Ivo Lang in a beginner course {said} for 90")).verdict
    assert isinstance(asked, Question), asked
    assert asked.text == f"‘{said}’ doesn't say which day. Which day should it be?"


DUE = visits("set_due", "Set when a check is due", "due_on")


@pytest.mark.parametrize("said", ["before friday", "before the 27th"])
async def test_what_is_due_before_a_day_is_due_on_the_one_before_it(said: str) -> None:
    made = (await ask(DUE, f"set Glass Bells due {said}")).verdict
    assert isinstance(made, Plan), made
    assert {each.param: each.value for each in made.steps[0].filled}["due_on"] == "2026-11-26"


@pytest.mark.parametrize(("day", "stands"), [("2026-11-26", True), ("2026-11-27", False), ("2026-11-25", False)])
async def test_a_model_may_say_the_day_before_for_what_is_due(day: str, stands: bool) -> None:
    request = Request(text="set the check of Glass Bells to be due before friday", now=NOW)
    call = {"action": "set_due", "exhibit_id": find("exhibit", "Glass Bells")}
    call["due_on"] = {"date": day, "quote": "before friday"}
    answer = {"understood": "", "result": plan(call), "rest": []}
    task = Task(request, OWNER, DUE.context(DUE.provider({})), "run_00000000000000000000000001")
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(made, Plan) is stands, made


@pytest.mark.parametrize(
    ("day", "date", "taken"),
    [("until", "2027-02-01", True), ("until", "2027-02-28", False), ("last_day", "2027-02-01", False)],
)
async def test_what_lasts_until_a_month_ends_where_that_begins_and_waits(day: str, date: str, taken: bool) -> None:
    lasting = visits("extend_show", "Extend a show", day)
    request = Request(text="extend Glass Bells till february", now=NOW)
    call = {"action": "extend_show", "exhibit_id": find("exhibit", "Glass Bells")}
    call[day] = {"date": date, "quote": "till february"}
    answer = {"understood": "", "result": plan(call), "rest": []}
    task = Task(request, OWNER, lasting.context(lasting.provider({})), "run_00000000000000000000000001")
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(made, Plan) is taken, made
    assert isinstance(made, Question) or made.held
