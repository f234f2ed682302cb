"""Plain requests of a laundry that collects and brings back: what is made anew is told by its noun, things by a text of
theirs, people by their role, days one by one, and what is not meant."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Abstain, Plan, Question, Refusal, Reply
from tests.unit.dairy import DAIRY
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import ask
from tests.unit.museum import MUSEUM


async def _calls_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    verdict = (await ask(LAUNDRY, text)).verdict
    assert isinstance(verdict, Plan), verdict
    return [(step.action.partition(".")[2], {each.param: each.value for each in step.filled}) for step in verdict.steps]


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("pick up 4 bags from Bill Marsh on Friday", [(2, "2026-11-27", 4)]),
        ("pickup at Nell Brook Thursday 3 bags", [(1, "2026-11-26", 3)]),
        ("a pickup for Hotel Sole on 30 November, 12 bags", [(3, "2026-11-30", 12)]),
        ("pick up 2 bags at Nell Brook and 6 at Hotel Sole on Friday", [(1, "2026-11-27", 2), (3, "2026-11-27", 6)]),
        ("pick up 2 bags from Nell Brook, Will Field and Bill Marsh on Friday",
            [(1, "2026-11-27", 2), (4, "2026-11-27", 2), (2, "2026-11-27", 2)]),
        ("pick up 2 bags from Bill Marsh on 1, 3 and 4 December",
            [(2, "2026-12-01", 2), (2, "2026-12-03", 2), (2, "2026-12-04", 2)]),
        ("pick up 2 bags from Bill Marsh on Thursday and Friday", [(2, "2026-11-26", 2), (2, "2026-11-27", 2)]),
    ],
)  # fmt: skip
async def test_what_is_made_anew_is_told_by_its_noun_or_its_verb_with_a_particle(
    text: str, calls: list[tuple[int, str, int]]
) -> None:
    made = [("book_pickup", {"client_id": whose, "day": day, "bags": bags}) for whose, day, bags in calls]
    assert await _calls_of(text) == made


@pytest.mark.parametrize(
    ("text", "load", "care"),
    [
        ("make Nell's curtains gentle", 801, "gentle"),
        ("mark load 801 gentle", 801, "gentle"),
        ("make the curtains of Nell Brook gentle", 801, "gentle"),
        ("make 803 gentle, not 804", 803, "gentle"),
        ("make 803 gentle instead of 804", 803, "gentle"),
        ("make 803 normal, not gentle", 803, "normal"),
    ],
)
async def test_a_thing_is_told_by_a_text_of_its_record_and_not_by_what_it_is_not(
    text: str, load: int, care: str
) -> None:
    assert await _calls_of(text) == [("set_care", {"load_id": load, "care": care})]


@pytest.mark.parametrize(
    ("text", "load", "day"),
    [
        ("reschedule the duvet to Friday", 802, "2026-11-27"),
        ("reschedule 803 from Friday to Monday", 803, "2026-11-30"),
        ("reschedule 803 from 27 November to 1 December", 803, "2026-12-01"),
        ("reschedule 803 from Friday to Thursday", 803, "2026-11-26"),
        ("reschedule 804 from 30 November to Wednesday", 804, "2026-12-02"),
        ("reschedule 803 to Monday, not to Tuesday", 803, "2026-11-30"),
        ("reschedule 803 to Monday instead of Friday", 803, "2026-11-30"),
        ("bring load 804 forward by two days", 804, "2026-11-28"),
        ("bring load 804 forward to Friday", 804, "2026-11-27"),
        ("shift mondays load to Friday", 804, "2026-11-27"),
    ],
)
async def test_a_day_takes_the_place_of_the_one_that_is_named_beside_it(text: str, load: int, day: str) -> None:
    assert await _calls_of(text) == [("shift_load", {"load_id": load, "day": day})]


async def test_another_day_than_the_record_has_is_not_replaced() -> None:
    verdict = (await ask(LAUNDRY, "reschedule 803 from Thursday to Monday")).verdict
    assert isinstance(verdict, Question | Refusal)


@pytest.mark.parametrize(
    ("text", "client", "said"),
    [
        ("let Nell Brook know we will be there at 4", 1, "we will be there at 4"),
        ("inform Bill Marsh that the van is late", 2, "the van is late"),
        ("warn Nell Brook that prices rise in January", 1, "prices rise in January"),
        ("remind Bill Marsh to have the bags ready", 2, "have the bags ready"),
        ("tell Nell that her curtains are done", 1, "your curtains are done"),
        ("tell everybody on the waiting list that we are full", 4, "we are full"),
        ("tell Nell thanks for the flowers!", 1, "thanks for the flowers"),
    ],
)
async def test_every_verb_of_telling_sends_a_text_where_an_action_does(text: str, client: int, said: str) -> None:
    assert await _calls_of(text) == [("message_client", {"client_id": client, "text": said})]


async def test_what_somebody_is_told_not_to_do_is_put_in_the_sender_s_words() -> None:
    verdict = (await ask(LAUNDRY, "tell Nell Brook not to wash the duvet")).verdict
    assert isinstance(verdict, Question)
    assert verdict.text == "What should it say?"


async def test_somebody_of_theirs_is_not_told_in_their_place() -> None:
    assert isinstance((await ask(LAUNDRY, "tell Nell's sister that we are late")).verdict, Question)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("give run 22 to the driver of North Run", None),
        ("put Mr Penny on run 22", [("hand_run", {"run_id": 22, "driver_id": 13})]),
        ("put Rudi on run 22", [("hand_run", {"run_id": 22, "driver_id": 11})]),
        ("put load 803 on gentle", [("set_care", {"load_id": 803, "care": "gentle"})]),
        ("mark run 22 late", [("mark_run", {"run_id": 22, "going": "late"})]),
        ("give run 23 to Rudi instead of Vera", [("hand_run", {"run_id": 23, "driver_id": 11})]),
        ("give run 23 to Rudi, not to Vera", [("hand_run", {"run_id": 23, "driver_id": 11})]),
        ("absence for Rudi on 3 and 4 December", [
            ("book_absence", {"driver_id": 11, "from_day": "2026-12-03", "to_day": "2026-12-04"})]),
        ("book an absence of the driver of 22 on Monday", [
            ("book_absence", {"driver_id": 12, "from_day": "2026-11-30", "to_day": "2026-11-30"})]),
        ("note on Nell's duvet: a button is missing", [("note_load", {"load_id": 802, "note": "a button is missing"})]),
    ],
)  # fmt: skip
async def test_people_go_by_their_role(text: str, calls: list[tuple[str, dict[str, Any]]] | None) -> None:
    if calls is None:
        assert isinstance((await ask(LAUNDRY, text)).verdict, Question)  # two runs, with another driver each
    else:
        assert await _calls_of(text) == calls


async def test_what_is_to_be_made_and_may_be_there_already_waits() -> None:
    verdict = (await ask(LAUNDRY, "visit for Nell Brook on Friday")).verdict
    assert isinstance(verdict, Plan)
    assert verdict.held
    assert verdict.steps[0].action.endswith(".book_visit")


@pytest.mark.parametrize(
    "text",
    [
        "pick up 5 bags instead of 3 from Bill Marsh on Friday",
        "pick up 2 bags from Bill Marsh on Friday instead of Thursday",
        "make 801, 802 and 803 gentle, not 802",
        "tell Nell Brook that we come at 5, and Bill Marsh too",
        "tell Nell Brook and may that the van is late",
        "make 803 gentle, then hot",
        "pick up 2 bags from Nell Brook on Friday, paid in advance",
    ],
)
async def test_what_is_set_against_something_or_said_beside_it_is_asked_about(text: str) -> None:
    assert isinstance((await ask(LAUNDRY, text)).verdict, Question)


async def test_a_record_and_words_about_it_are_a_note_that_waits() -> None:
    verdict = (await ask(LAUNDRY, "803: starch the collars")).verdict
    assert isinstance(verdict, Plan)
    assert verdict.held
    assert [(each.param, each.value) for each in verdict.steps[0].filled] == [
        ("load_id", 803), ("note", "starch the collars")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["make 803 gentle, anonymous please", "pick up 2 bags from Bill Marsh on Friday, monthly"]
)
async def test_one_word_behind_a_comma_is_not_passed_over(text: str) -> None:
    assert isinstance((await ask(LAUNDRY, text)).verdict, Question)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("who is the driver of Lake Run", "Vera Lenz"),
        ("when is the next North Run", "27 Nov 2026"),
        ("when is the duvet back", "1 Dec 2026"),
        ("when does visit 501 start", "27 Nov 2026"),
        ("who is visiting on Friday", "Hotel Sole"),
        ("which passes expire this week", "Pass 61"),
    ],
)
async def test_questions_by_role_position_and_text(text: str, words: str) -> None:
    verdict = (await ask(LAUNDRY, text)).verdict
    assert isinstance(verdict, Reply), verdict
    assert words in verdict.text


@pytest.mark.parametrize(
    ("text", "load", "fee"),
    [
        ("raise the fee of load 803 by 5 euros", 803, 4500),
        ("reduce the fee of load 803 by 10 %", 803, 3600),
        ("lower the fee of load 803 by 10 euros", 803, 3000),
        ("change the fee of load 803 from 40 to 50 euros", 803, 5000),
        ("set the fee of load 803 to 5", 803, 500),
        ("change the fee of load 803 to 12 euros", 803, 1200),
    ],
)
async def test_an_amount_is_changed_by_so_much_or_from_what_it_is(text: str, load: int, fee: int) -> None:
    made = await _calls_of(text)
    assert [(action, values["load_id"], values["fee"]) for action, values in made] == [("set_fee", load, fee)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("change the fee of load 803 from 60 to 50 euros", "The fee of load 803 is 40.00 EUR"),
        ("change the care of load 803 from gentle to normal", "The care of load 803 is hot"),
    ],
)
async def test_what_takes_the_place_of_something_else_is_told(text: str, why: str) -> None:
    verdict = (await ask(LAUNDRY, text)).verdict
    assert isinstance(verdict, Question)
    assert why in verdict.text


async def test_what_is_to_end_after_a_month_long_past_ends_after_the_next_one() -> None:
    verdict = (await ask(MUSEUM, "which loans end after June")).verdict
    assert isinstance(verdict, Reply), verdict
    assert "1 Jul 2027" in verdict.text


async def test_what_somebody_has_done_is_written_down_where_an_example_tells_it() -> None:
    made = await _calls_of("Hotel Sole has paid 15 euros")
    assert [(action, values["load_id"], values["amount"]) for action, values in made] == [("take_payment", 804, 1500)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("how many bags has Hotel Sole got?", "14"),
        ("who has more than 5 bags out", "Hotel Sole"),
        ("which clients have no bags", "Bill Marsh"),
    ],
)
async def test_a_count_that_somebody_has_is_asked_for_by_its_name(text: str, words: str) -> None:
    verdict = (await ask(LAUNDRY, text)).verdict
    assert isinstance(verdict, Reply), verdict
    assert words in verdict.text


@pytest.mark.parametrize("text", ["what are we owed", "how much are we owed"])
async def test_what_is_owed_to_us_is_a_sum(text: str) -> None:
    verdict = (await ask(DAIRY, text)).verdict
    assert isinstance(verdict, Reply), verdict
    assert "EUR across" in verdict.text


async def test_who_owes_most_stands_first() -> None:
    verdict = (await ask(DAIRY, "who owes us the most")).verdict
    assert isinstance(verdict, Reply), verdict
    assert verdict.text.index("Hotel Linde") < verdict.text.index("Jonas Keel") < verdict.text.index("Mila Brandt")


async def test_an_amount_without_its_currency_is_asked_about() -> None:
    assert isinstance((await ask(LAUNDRY, "hold a deposit of 20 for Nell Brook")).verdict, Question)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("load 803 was paid by voucher, 40 euros", "by voucher"),
        ("give run 22 to Rudi instead of run 23", "instead of run 23"),
        ("set the door of Nell Brook to the back one, the other's to front", "the other's to front"),
    ],
)
async def test_how_instead_of_what_and_for_whom_else_are_asked_about(text: str, said: str) -> None:
    verdict = (await ask(LAUNDRY, text)).verdict
    assert isinstance(verdict, Question)
    assert said in verdict.text


async def test_the_last_day_alone_begins_nothing() -> None:
    verdict = (await ask(LAUNDRY, "absence of Rudi, back by Friday")).verdict
    assert isinstance(verdict, Question)
    assert "From" in verdict.text


async def test_a_verb_that_is_only_akin_to_an_action_s_asks_for_nothing_of_its_own() -> None:
    verdict = (await ask(LAUNDRY, "postpone the tea round")).verdict
    assert not isinstance(verdict, Plan | Question)


async def test_to_stop_doing_something_cancels_no_record() -> None:
    assert not isinstance((await ask(LAUNDRY, "stop chasing Bill Marsh")).verdict, Plan | Question)


async def test_a_record_is_no_number_that_is_lowered() -> None:
    verdict = (await ask(LAUNDRY, "lower run 22 to 20 euros")).verdict
    assert not (isinstance(verdict, Question) and verdict.param == "driver_id")


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("set the door of Nell Brook to the back one", ("set_door", {"client_id": 1, "door": "the back one"})),
        ("set Nell's door to the back one", ("set_door", {"client_id": 1, "door": "the back one"})),
        ("close load 803: collars starched this morning", (
            "close_load", {"load_id": 803, "remark": "collars starched this morning"})),
    ],
)  # fmt: skip
async def test_a_text_is_what_stands_behind_its_name_or_a_colon(text: str, call: tuple[str, dict[str, Any]]) -> None:
    assert await _calls_of(text) == [call]


@pytest.mark.parametrize("text", ["delete Nell Brook", "delete Nell Brook from the list", "erase nell"])
async def test_to_delete_somebody_cancels_nothing_of_theirs(text: str) -> None:
    verdict = (await ask(LAUNDRY, text)).verdict
    assert isinstance(verdict, Abstain), verdict


async def test_to_delete_what_is_theirs_is_to_cancel_it() -> None:
    assert await _calls_of("delete Nell Brook's pass") == [("cancel_pass", {"pass_id": 61})]
    assert await _calls_of("delete pass 62") == [("cancel_pass", {"pass_id": 62})]


@pytest.mark.parametrize("text", ["don't close load 803", "do not cancel pass 61", "never message Nell Brook"])
async def test_what_is_only_denied_is_answered_so(text: str) -> None:
    verdict = (await ask(LAUNDRY, text)).verdict
    assert isinstance(verdict, Abstain)
    assert verdict.detail == f"You wrote ‘{text}’, so nothing was done."


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [("hold a deposit of £20 for Nell Brook", 2000, "GBP"), ("hold a deposit of 30 euros for Nell Brook", 3000, "EUR")],
)
async def test_an_amount_tells_its_currency(text: str, amount: int, currency: str) -> None:
    made = {"client_id": 1, "amount": amount, "currency": currency}
    assert await _calls_of(text) == [("hold_deposit", made)]
