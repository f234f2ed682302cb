"""No word of a question is passed over, over a platform whose nouns, states and fields look alike."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from agent.pipeline import Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.agent.resolve.rules.grammar.questions.test_questions import answered, ids
from tests.unit.clockmaker import CLOCKMAKER, ask_clockmaker
from tests.unit.marina import ask


async def tell(text: str) -> Reply | None:
    verdict = (await ask_clockmaker(text)).verdict
    return verdict if isinstance(verdict, Reply) else None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("who of the keepers has the fewest sales", ["3"]),
        ("who of the keepers has fewest sales", ["3"]),
        ("who of the smiths has the most repairs", ["31"]),
        ("refunds in october", ["41"]),
        ("who has credit left", ["1", "3"]),
        ("who still has any credit left?", ["1", "3"]),
        ("which keepers have a credit over 20", ["3"]),
        ("keepers with no credit", ["2"]),
        ("which clocks are in at the moment?", ["11"]),
        ("which shelves are in", ["21"]),
        ("repairs of Ida Roth", ["701", "702", "704"]),
        ("bookings of Ida Roth", ["701", "702", "704"]),
        ("which repairs are booked for Olaf Finn", ["703"]),
        ("which clocks does Ida have", ["11", "12"]),
        ("clocks of Ida Roth", ["11", "12"]),
        ("what clocks has Ida Roth got", ["11", "12"]),
        ("which clock is 701", ["701"]),
        ("which repairs are on shelf K4", ["701", "703"]),
        ("who's the smith of 701", ["31"]),
        ("who is assigned to 704", ["32"]),
        ("sales between 30 and 80 euro", ["41", "45"]),
        ("which sales are from 50 to 80 CHF", ["43"]),
        ("keepers whose sale was refunded", ["1", "2"]),
        ("whose sale was refunded", ["1", "2"]),
        ("whose sale was refunded in november", ["2"]),
        ("which ida has a repair", ["1"]),
        ("top 2 keepers by repairs", ["1", "2"]),
        ("top keeper by credit", ["1", "3"]),
        ("which clocks are not in", ["12", "13"]),
        ("which clocks start in December", ["12", "13"]),
        ("which keepers start on 7 December", ["2"]),
        ("whose clock is Night Owl", ["1"]),
        ("clocks called Night Owl", ["12"]),
        ("who is in today", ["1"]),
        ("who is Pina", ["13"]),
        ("who has the newest repair", ["2"]),
        ("who has the fewest repairs", ["3"]),
        ("who has more than one repair", ["1"]),
        ("which keeper has Night Owl", ["1"]),
        ("who got a refund", ["1", "2"]),
        ("who got a refund in november", ["2"]),
        ("which keepers had no refund", ["3"]),
        ("which repairs does Nell have", ["704"]),
        ("which keepers are in today", ["1"]),
    ],
)
async def test_each_word_tells_which_records_are_meant(text: str, found: list[str]) -> None:
    assert ids(await tell(text)) == found


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("how many clocks are in?", 1),
        ("how many repairs are in?", 1),
        ("how many repairs are there in total", 4),
        ("how many bookings in December", 2),
        ("how many clocks have we got", 3),
    ],
)
async def test_a_noun_counts_all_of_its_kind_and_a_small_word_may_be_a_state(text: str, count: int) -> None:
    reply = await tell(text)
    assert reply is not None
    assert reply.count == count


@pytest.mark.parametrize(
    "text",
    [
        "who refunded S-41",  # whose it is is known, and not who did that
        "who issued S-41",
        "which shelves are free",
        "which keepers are in this week",  # since when is not known
        "how many keepers are out?",
        "which clocks are out",
    ],
)
async def test_what_no_record_says_is_not_answered(text: str) -> None:
    assert await tell(text) is None


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("hotel", "longest stay", ["5007"]),  # by its nights, not by what it costs
        ("hotel", "which guests are in house", ["1", "10", "6", "7", "8"]),
        ("hotel", "which guests arrive tomorrow", ["2"]),
        ("lending", "who is late today", ["1", "5"]),
    ],
)
async def test_what_is_told_of_them_is_looked_up_where_it_stands(name: str, text: str, found: list[str]) -> None:
    assert ids(await answered(text, name)) == found


async def test_all_is_no_currency() -> None:
    reply = await answered("total of all bookings in november", "hotel")
    assert isinstance(reply, Reply)
    assert reply.values == ("3556.00 EUR",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("garage", "which cars are in"),
        ("hotel", "how many guests are here tonight"),
    ],
)
async def test_a_small_word_that_is_no_state_here_is_not_passed_over(name: str, text: str) -> None:
    assert await answered(text, name) is None


@pytest.mark.parametrize("text", ["Collect Ida's credit", "Refund Ida's credit", "collect Ida Roth's credit"])
async def test_a_verb_before_a_name_is_no_part_of_it(text: str) -> None:
    assert f"‘{text.split()[0]}" not in repr((await ask_clockmaker(text)).verdict)


async def test_refunds_are_summed_by_what_was_refunded_and_when() -> None:
    reply = await tell("sum of refunds in october")
    assert reply is not None
    assert (
        reply.text
        == "Refunded so far: 40.00 EUR in 1 refunded sale from 1 Oct 2026 to 31 Oct 2026: S-41 (issued 20 Sep 2026)."
    )


async def test_a_deed_without_a_day_of_its_own_is_not_dated_by_another() -> None:
    kinds = CLOCKMAKER.provider({}).kinds()
    undated = [replace(kind, fields=tuple(f for f in kind.fields if f.name != "status_at")) for kind in kinds]
    world = FrozenWorld({"contracts": [], "kinds": [asdict(kind) for kind in undated], "records": {}})
    assert not isinstance((await ask(world, "sum of refunds in october")).verdict, Reply)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("does Pia Sand have any clocks", "No: Pia Sand has no clocks."),
        ("has Ida got any open sales", "No: Ida Roth has no open sales."),
        ("has Olaf paid S-45", "No: S-45 (open)."),
        ("which smith has the most repairs", "Ezra: 2 repairs."),
        ("which smith has most repairs", "Ezra: 2 repairs."),
        ("which keeper has the most sales", "2 keepers share that place, with 2 sales each: Ida Roth; Olaf Finn."),
        ("biggest open sale", "The highest in each currency: S-43 (total 70.00 CHF, issued 21 Oct 2026, open); S-45 (total 30.00 EUR, issued 5 Nov 2026, open)."),  # noqa: E501
        ("how many repairs start in December", "2 repairs starting from 1 Dec 2026 to 31 Dec 2026: repair 703 (starts 7 Dec 2026, booked); repair 702 (starts 3 Dec 2026, booked)."),  # noqa: E501
        ("how many repairs are in?", "1 repair (in): repair 701 (starts 23 Nov 2026)."),
        ("which smith has repair 702", "Repair 702 has no smith."),
        ("who handles 702", "Repair 702 has no smith."),
        ("whats left of idas credit", "Ida Roth: credit 15.00 EUR."),
        ("what does pia owe us", "70.00 CHF in 1 unpaid sale of Pia Sand: S-43 (issued 21 Oct 2026, open)."),
        ("whats pia owing us", "70.00 CHF in 1 unpaid sale of Pia Sand: S-43 (issued 21 Oct 2026, open)."),
        ("did we already refund S-41?", "Yes: S-41."),
        ("when does Pina start", "Repair 703: starts 7 Dec 2026."),  # no slip of Pia
        ("who is Olav Finn", "Olaf Finn. You wrote ‘Olav Finn’; this is Olaf Finn."),
        ("have we refunded S-44 yet", "No: S-44."),
        ("ida's credit", "Ida Roth: credit 15.00 EUR."),
        ("how much did we refund in november", "Refunded so far: 90.00 EUR in 1 refunded sale from 1 Nov 2026 to 30 Nov 2026: S-42 (issued 20 Oct 2026)."),  # noqa: E501
        ("which smith has the earliest booked repair", "Repair 702 has no smith."),
        ("total credit", "Credit: 60.00 CHF and 15.00 EUR across 3 keepers: Ida Roth (credit 15.00 EUR); Olaf Finn (credit 0.00 EUR); Pia Sand (credit 60.00 CHF)."),  # noqa: E501
        ("how many sales were paid in april", "No sales paid from 1 Apr 2026 to 30 Apr 2026."),
        ("how many refunds in may", "No refunded sales from 1 May 2026 to 31 May 2026."),
        ("how many repairs start in may", "No repairs starting from 1 May 2027 to 31 May 2027."),
        ("how many repairs started in may", "No repairs starting from 1 May 2026 to 31 May 2026."),
        ("total open in chf", "70.00 CHF in 1 open sale (currency CHF): S-43 (issued 21 Oct 2026)."),
        ("top 2 keepers by repairs", "2 keepers: Ida Roth (3 repairs); Olaf Finn (1 repair)."),
        ("when was S-44 paid and how much was it", "S-44: paid 25 Oct 2026; total 25.00 EUR."),
        ("how many repairs are booked and when do they start", "2 booked repairs: repair 703 (starts 7 Dec 2026); repair 702 (starts 3 Dec 2026)."),  # noqa: E501
        ("how many sales between 40 and 95 euro", "2 sales from 40.00 EUR to 95.00 EUR: S-42 (total 90.00 EUR, issued 20 Oct 2026, refunded); S-41 (total 40.00 EUR, issued 20 Sep 2026, refunded)."),  # noqa: E501
    ],
)  # fmt: skip
async def test_an_answer_says_what_is_known_in_a_sentence(text: str, said: str) -> None:
    reply = await tell(text)
    assert reply is not None
    assert reply.text == said
