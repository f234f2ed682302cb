"""Days that tell which records are meant or contradict their weekday, names that look like function words, and words
that may narrow a set."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Abstain, Plan, Question, Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows, offer, refer

_NUMBER = {"type": "integer", "minimum": 1}
_DAY = {"type": "string", "format": "date"}
_ROWING = FrozenWorld(
    {
        "contracts": [
            offer("drop_outing", "Drop an outing", "Take an outing off the plan.", {"outing_id": _NUMBER}, {
                "outing_id": refer("outing", status=["planned"])}, aliases=["call off"]),
            offer("shift_outing", "Shift an outing", "Put an outing on another day.", {
                "outing_id": _NUMBER, "day": _DAY}, {"outing_id": refer("outing", status=["planned"]), "day": {}},
                aliases=["move"]),
            offer("plan_outing", "Plan an outing", "Book a rower an outing on a day.", {
                "rower_id": _NUMBER, "day": _DAY, "minutes": {"type": "integer", "minimum": 15, "maximum": 180}}, {
                "rower_id": refer("rower"), "day": {}, "minutes": {"unit": "minutes"}}, optional=("minutes",),
                aliases=["book an outing"]),
            offer("set_squad", "Set the squad of a rower", "Put a rower in a squad.", {
                "rower_id": _NUMBER, "squad": {"type": "string", "enum": ["novice", "senior", "veteran"]}}, {
                "rower_id": refer("rower"), "squad": {}}, aliases=["put in"]),
            offer("wash_boat", "Wash a boat", "Have a boat washed.", {"boat_id": _NUMBER, "day": _DAY}, {
                "boat_id": refer("boat"), "day": {}}, optional=("day",)),
            offer("repay_fee", "Repay a fee", "Give back what an outing cost.", {"fee_id": _NUMBER}, {
                "fee_id": refer("fee", status=["paid"])}),
            offer("chase_fee", "Chase a fee", "Remind a rower of a fee.", {"fee_id": _NUMBER}, {
                "fee_id": refer("fee", status=["open"])}),
        ],
        "kinds": [
            define("rower", ["rower", "rowers"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"},
                {"name": "squad", "type": "enum", "values": ["novice", "senior", "veteran"]}], label="{name}"),
            define("outing", ["outing", "outings"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "rower_id", "type": "id"}, {"name": "day", "type": "date", "ranged": True},
                {"name": "status", "type": "enum", "values": ["planned", "dropped"]}],
                relations=[{"kind": "rower", "via": "rower_id"}], order="day",
                states={"planned": {"status": ["planned"]}}),
            define("boat", ["boat", "boats"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("fee", ["fee", "fees"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "rower_id", "type": "id"}, {"name": "outing_id", "type": "id"},
                {"name": "boat_id", "type": "id"}, {"name": "due_on", "type": "date", "ranged": True},
                {"name": "status", "type": "enum", "values": ["open", "paid"]}],
                relations=[{"kind": "rower", "via": "rower_id"}, {"kind": "outing", "via": "outing_id"},
                    {"kind": "boat", "via": "boat_id"}],
                order="due_on", states={"open": {"status": ["open"]}, "paid": {"status": ["paid"]}}),
        ],
        "records": {
            "rower": list_rows("id name squad", (1, "Will Sand", "novice"), (2, "May Reed", "novice"),
                (3, "Nell Brook", "senior"), (4, "Grace Oar", "novice")),
            "outing": list_rows("id rower_id day status", (71, 1, "2026-11-25", "planned"),
                (72, 2, "2026-11-25", "planned"), (73, 3, "2026-11-27", "planned"), (74, 4, "2026-12-03", "planned"),
                (75, 3, "2026-12-03", "planned")),
            "boat": list_rows("id name", (61, "Swift 4"), (62, "Swift 6"), (63, "Mill Lane 12"), (64, "Mill Lane 14")),
            "fee": list_rows("id rower_id outing_id boat_id due_on status", (91, 1, 71, 61, "2026-11-20", "paid"),
                (92, 2, 72, 62, "2026-11-20", "paid"), (93, 3, 72, 61, "2026-11-20", "paid"),
                (94, 3, 73, 62, "2026-11-10", "open"), (95, 4, 74, 61, "2026-12-10", "open"),
                (96, 1, 71, 61, "2026-11-12", "open")),
        },
    }
)  # fmt: skip


async def verdict_of(text: str) -> Any:
    return (await ask(_ROWING, text)).verdict


async def calls_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    made = await verdict_of(text)
    assert isinstance(made, Plan), made
    return [(each.action.partition(".")[2], {one.param: one.value for one in each.filled}) for each in made.steps]


@pytest.mark.parametrize(
    ("text", "outings"),
    [
        ("drop all outings on 25 november", [71, 72]),
        ("drop every outing tomorrow", [71, 72]),
        ("drop tomorrow's outings", [71, 72]),
        ("drop Friday's outing", [73]),
        ("drop next week's outings", [74, 75]),
        ("drop Nell's outing on 3 december", [75]),
        ("drop Nell's outing on Friday", [73]),
        ("drop Nell on Friday", [73]),
        ("drop nell on 3 december", [75]),
        ("drop all outings in december", [74, 75]),
        ("drop Nell's outings in december", [75]),
        ("drop all outings next week", [74, 75]),
    ],
)
async def test_a_day_still_to_come_tells_which_records_are_meant(text: str, outings: list[int]) -> None:
    assert await calls_of(text) == [("drop_outing", {"outing_id": each}) for each in outings]


async def test_the_other_day_is_the_value() -> None:
    assert await calls_of("move Nell's outing on Friday to 30 november") == [
        ("shift_outing", {"outing_id": 73, "day": "2026-11-30"})
    ]


async def test_questions_know_a_days_own_records() -> None:
    made = await verdict_of("which are tomorrow's outings?")
    assert isinstance(made, Reply)
    assert {each.id for each in made.records} == {"71", "72"}


@pytest.mark.parametrize("day", ["Friday 27 November", "Fri 27 Nov", "Friday, November 27", "Fri, 27 November"])
async def test_the_number_of_a_day_is_no_other_value(day: str) -> None:
    assert await calls_of(f"book Nell an outing on {day}") == [("plan_outing", {"rower_id": 3, "day": "2026-11-27"})]


async def test_a_day_with_another_days_name_is_asked_about() -> None:
    made = await verdict_of("book Nell an outing on Friday 28 November")
    assert isinstance(made, Question)
    assert made.text.startswith("28 November 2026 is a Saturday.")


@pytest.mark.parametrize("text", ["move outing 73 to Mon, 1 December", "what is on Friday 28 November?"])
async def test_a_day_with_another_days_name_is_never_taken(text: str) -> None:
    assert isinstance(await verdict_of(text), Question | Abstain)


@pytest.mark.parametrize(
    ("text", "rowers"),
    [
        ("put Will in veteran", [1]),
        ("put Nell and May in veteran", [3, 2]),
        ("put Nell, Grace and Will in veteran", [3, 4, 1]),
        ("put will in veteran", [1]),
        ("put nell and will in veteran", [3, 1]),
        ("make Grace and Will veterans", [4, 1]),
        ("make nell, Grace and Will Sand veterans", [3, 4, 1]),
    ],
)
async def test_a_name_that_looks_like_a_function_word_is_a_name(text: str, rowers: list[int]) -> None:
    assert [values["rower_id"] for _, values in await calls_of(text)] == rowers


@pytest.mark.parametrize("text", ["drop all of will's outings", "drop Will's outings", "drop will's outing tomorrow"])
async def test_whose_records_is_never_passed_over(text: str) -> None:
    assert await calls_of(text) == [("drop_outing", {"outing_id": 71})]


@pytest.mark.parametrize("text", ["will you put Nell in veteran", "Nell may drop out of nothing, put her in veteran"])
async def test_the_function_words_stay_what_they_are(text: str) -> None:
    assert not isinstance(await verdict_of(text), Plan) or [each["rower_id"] for _, each in await calls_of(text)] == [3]


@pytest.mark.parametrize("text", ["put nell and grace zorg in veteran", "book nell and hope an outing on friday"])
async def test_a_name_that_is_a_word_is_not_passed_over_in_a_list(text: str) -> None:
    assert not isinstance(await verdict_of(text), Plan)


@pytest.mark.parametrize(
    "text", ["drop all outings in fog", "drop all outings on the lake", "put all rowers in veteran by zork"]
)
async def test_what_may_narrow_a_set_is_no_rest_to_do_without(text: str) -> None:
    made = await verdict_of(text)
    assert isinstance(made, Question)
    assert "Yes, without that" not in [each.label for each in made.candidates]


async def test_the_whole_set_is_offered_as_what_it_is() -> None:
    made = await verdict_of("drop all outings in fog")
    assert isinstance(made, Question)
    assert made.text.endswith("Or should it be all 5 outings?")
    assert [each.label for each in made.candidates] == ["All 5 outings"]


async def test_another_order_behind_a_set_is_not_passed_over() -> None:
    made = await verdict_of("drop all outings, and feed the swans")
    assert isinstance(made, Question)
    assert "feed the swans" in made.text


async def test_everybody_behind_an_order_is_everybody_of_its_record() -> None:
    assert await calls_of("drop outing 72 and repay everyone") == [
        ("drop_outing", {"outing_id": 72}),
        ("repay_fee", {"fee_id": 92}),
        ("repay_fee", {"fee_id": 93}),
    ]


@pytest.mark.parametrize("text", ["chase all overdue fees", "chase every fee that is overdue"])
async def test_overdue_is_what_was_due_before_today(text: str) -> None:
    assert await calls_of(text) == [("chase_fee", {"fee_id": 96}), ("chase_fee", {"fee_id": 94})]


@pytest.mark.parametrize("text", ["chase all fees in december", "chase all fees next week", "drop outing 74 in may"])
async def test_a_month_may_be_when_to_do_it(text: str) -> None:
    assert isinstance(await verdict_of(text), Question)


async def test_somebodys_relative_is_somebody_else() -> None:
    made = await verdict_of("put Nell's husband in veteran")
    assert isinstance(made, Question)
    assert "husband" in made.text


@pytest.mark.parametrize(
    ("text", "boats"),
    [
        ("wash Swift 4", [61]),
        ("wash swift 4 on 7 december", [61]),
        ("wash swift 4 and swift 6 on 7 december", [61, 62]),
        ("wash mill lane 12", [63]),
        ("wash mill lane 14 on 7 december", [64]),
    ],
)
async def test_a_name_may_end_with_a_number(text: str, boats: list[int]) -> None:
    assert [values["boat_id"] for _, values in await calls_of(text)] == boats


async def test_a_number_that_no_such_name_has_is_no_other_one() -> None:
    assert not isinstance(await verdict_of("wash swift 7"), Plan)


async def test_things_counted_out_are_no_whole_record_of_theirs() -> None:
    assert await calls_of("repay Nell's Swift 4") == [("repay_fee", {"fee_id": 93})]
    made = await verdict_of("repay Nell one of the Swift 4")
    assert isinstance(made, Question)
    assert "one of the" in made.text
