"""From which day until which: both days of an action that takes two, and changes of what a record has."""

from __future__ import annotations

from datetime import date

import pytest

from agent.extract.time import day_pairs
from agent.pipeline import Plan, Question
from agent.planning.task import Outcome
from evals.cases.frozen_world import FrozenWorld
from language.text import read_text
from tests.unit import museum
from tests.unit.marina import ask

TODAY = date(2026, 11, 24)
_DAY = {"type": "string", "format": "date"}


def make_world(
    action: str, title: str, first: tuple[str, dict[str, str]], last: tuple[str, dict[str, str]], *aliases: str
) -> FrozenWorld:
    """The museum with one action that takes an exhibit, a donor, a first and a last day."""
    days = dict((first, last))
    offer = museum._offer(
        action,
        title,
        {"exhibit_id": {"type": "integer"}, "donor_id": {"type": "integer"}, **dict.fromkeys(days, _DAY)},
        {"exhibit_id": {"record": "exhibit"}, "donor_id": {"record": "donor"}, **days},
        aliases=list(aliases),
    )
    return FrozenWorld({"contracts": [offer], "kinds": museum._KINDS, "records": museum._RECORDS})


SHOWS = make_world("reserve", "Reserve an exhibit", ("starts_on", {"label": "From"}), ("ends_on", {"label": "Until"}))
LOANS = make_world(
    "lend_out",
    "Lend an exhibit",
    ("from_day", {"label": "From", "ask": "When does it go out?"}),
    ("return_day", {"label": "Due back", "ask": "When does it come back?"}),
    "lend",
)


async def values_of(outcome: Outcome) -> dict[str, object]:
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    (step,) = outcome.verdict.steps
    return {each.param: each.value for each in step.filled}


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("dec 12-14", "2026-12-12", "2026-12-14"),
        ("12-14 december", "2026-12-12", "2026-12-14"),
        ("from 12 to 14 december", "2026-12-12", "2026-12-14"),
        ("from the 12th to the 14th of december", "2026-12-12", "2026-12-14"),
        ("12 december until 3 january", "2026-12-12", "2027-01-03"),
        ("friday to sunday", "2026-11-27", "2026-11-29"),
        ("between friday and sunday", "2026-11-27", "2026-11-29"),
        ("between 12 and 14 december", "2026-12-12", "2026-12-14"),
        ("between the 12th and the 14th of december", "2026-12-12", "2026-12-14"),
        ("from 12 to 14 december 2027", "2027-12-12", "2027-12-14"),
        ("from sunday to tuesday", "2026-11-29", "2026-12-01"),
        ("from monday until thursday", "2026-11-30", "2026-12-03"),
        ("from next monday to thursday", "2026-11-30", "2026-12-03"),
        ("from monday 30 november to thursday", "2026-11-30", "2026-12-03"),
        ("from monday to next wednesday", "2026-11-30", "2026-12-02"),
        ("from thursday to thursday", "2026-11-26", "2026-12-03"),
        ("mon to wed", "2026-11-30", "2026-12-02"),
        ("fri-sun", "2026-11-27", "2026-11-29"),
        ("from 27/12 to 2/1", "2026-12-27", "2027-01-02"),
        ("from 12/27 to 1/2", "2026-12-27", "2027-01-02"),
        ("from 3/12 to 14/12", "2026-12-03", "2026-12-14"),
        ("for the weekend", "2026-11-28", "2026-11-29"),
        ("next week", "2026-11-30", "2026-12-06"),
        ("the week of 9 december", "2026-12-07", "2026-12-13"),
        ("in the week of the 9th", "2026-12-07", "2026-12-13"),
        ("the week beginning 9 december", "2026-12-09", "2026-12-15"),
        ("for the weekend of 11 december", "2026-12-12", "2026-12-13"),
    ],
)
async def test_joined_days_are_the_first_and_the_last(said: str, first: str, last: str) -> None:
    made = await ask(SHOWS, f"reserve Glass Bells for Bo Ferrer {said}")
    got = await values_of(made)
    assert (got["starts_on"], got["ends_on"]) == (first, last)
    assert isinstance(made.verdict, Plan)
    assert not made.verdict.held  # code reads both from these words


@pytest.mark.parametrize(
    "text", ["14-12 december", "room 12-14", "5 to 6 people", "december 2026", "12 december at 9-10"]
)
def test_other_joined_numbers_are_none(text: str) -> None:
    assert not day_pairs.find(read_text(text), TODAY)


@pytest.mark.parametrize(
    ("text", "seats"),
    [
        ("add 4 seats to Paper Moon", 16),
        ("give Paper Moon another 4 seats", 16),
        ("give Paper Moon 4 more seats", 16),
        ("Paper Moon gets an extra 4 seats", 16),
        ("set Paper Moon to 4 seats", 4),
    ],
)
async def test_what_is_added_is_no_final_number(text: str, seats: int) -> None:
    assert (await values_of(await museum.ask_museum(text)))["seats"] == seats


async def test_the_day_before_another_one_is_not_that_day() -> None:
    made = await museum.ask_museum("open Paper Moon on the friday before")
    assert not isinstance(made.verdict, Plan)
    assert isinstance(
        (await museum.ask_museum("change the opening day of Paper Moon to the friday before")).verdict, Question
    )


async def test_up_to_says_what_a_number_shall_be() -> None:
    assert (await values_of(await museum.ask_museum("set the seats of Paper Moon up to 40")))["seats"] == 40


@pytest.mark.parametrize(
    "text", ["set Paper Moon to east - store Glass Bells", "set Paper Moon to east, store Glass Bells"]
)
async def test_a_dash_sets_apart_like_a_comma(text: str) -> None:
    made = (await museum.ask_museum(text)).verdict
    assert isinstance(made, Plan), made
    assert [step.action for step in made.steps] == ["museum.set_hall", "museum.store"]


@pytest.mark.parametrize("ends", ["", " please", " for me", " for me please", " pls"])
@pytest.mark.parametrize("begins", ["", "ok so ", "so ", "hi, "])
async def test_what_is_only_said_to_be_kind_changes_nothing(begins: str, ends: str) -> None:
    made = (await museum.ask_museum(f"{begins}set Paper Moon to east if it is still west{ends}")).verdict
    assert isinstance(made, Plan), made


@pytest.mark.parametrize("text", ["loan 4302 a week later", "push Paper Moon back a week"])
async def test_a_day_that_is_moved_by_a_length_of_time_stands(text: str) -> None:
    assert isinstance((await museum.ask_museum(text)).verdict, Plan)


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        ("on Friday", "When does it come back?"),
        ("from Friday", "When does it come back?"),
        ("until Friday", "When does it go out?"),
        ("back Friday", "When does it go out?"),
    ],
)
async def test_one_day_is_not_both_where_something_comes_back(said: str, lacks: str) -> None:
    asked = (await ask(LOANS, f"lend Glass Bells to Bo Ferrer {said}")).verdict
    assert isinstance(asked, Question), asked
    assert asked.text == lacks


@pytest.mark.parametrize("said", ["from Friday to Monday", "Friday, back Monday", "on Friday until Monday"])
async def test_both_days_are_told_apart(said: str) -> None:
    values = await values_of(await ask(LOANS, f"lend Glass Bells to Bo Ferrer {said}"))
    assert (values["from_day"], values["return_day"]) == ("2026-11-27", "2026-11-30")


@pytest.mark.parametrize(
    "said", ["from Monday for two weeks", "for two weeks from 30 November", "on Monday for 2 weeks"]
)
async def test_a_length_tells_the_last_day_where_it_is_called_so(said: str) -> None:
    there = make_world("close", "Close an exhibit", ("from_day", {"label": "From"}), ("to_day", {"label": "Last day"}))
    made = await ask(there, f"close Glass Bells for Bo Ferrer {said}")
    values = await values_of(made)
    assert (values["from_day"], values["to_day"]) == ("2026-11-30", "2026-12-13")
    assert isinstance(made.verdict, Plan)
    assert not made.verdict.held
    asked = (await ask(LOANS, f"lend Glass Bells to Bo Ferrer {said}")).verdict
    assert isinstance(asked, Question), asked


async def test_what_is_reserved_on_a_day_is_for_that_day() -> None:
    values = await values_of(await ask(SHOWS, "reserve Glass Bells for Bo Ferrer on Friday"))
    assert (values["starts_on"], values["ends_on"]) == ("2026-11-27", "2026-11-27")


@pytest.mark.parametrize(
    "said",
    [
        "from 28 november to 25 november",
        "on 12 december and 14 december",
        "12 december, 14 december",
        "on thursday and saturday",
        "tomorrow and friday",
        "from 3/12 to 5/12",
        "on friday from 9:00 to 12:00",
        "from friday 14:00 to monday 8:00",
        "from 12 december 10am to 14 december",
        "on friday at noon",
        "on friday afternoon",
        "for two days from friday",
        "from next week",
        "on friday in the morning",
    ],
)
async def test_what_is_no_stretch_of_days_is_asked_about(said: str) -> None:
    made = (await ask(SHOWS, f"reserve Glass Bells for Bo Ferrer {said}")).verdict
    assert isinstance(made, Question), made
