"""Look-ups go by what is kept: the same answers as the platform's own, without asking it, and never instead of it when
it counts."""

from __future__ import annotations

import itertools
import re
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event

from agent.pipeline import RecordSource
from agent.record_cache.records import MOST_WORDS
from agent.runs.run import Run
from core.errors import InvalidInput, PlatformUnavailable
from registry.records import Query, Record
from tests.integration.agent.record_cache.looking import Looking
from web.console.runs.conversation import make_answer_view


def told(records: Any) -> list[tuple[str, str, str]]:
    return [(each.id, each.label, each.digest) for each in records]


async def both(looking: Looking, query: Query) -> tuple[list[Any], list[Any]]:
    context = await looking.context()
    return told(await context.kinds.search(query)), told(await context.live.search(query))


def a_slip(word: str) -> str:
    """Two letters the wrong way round, as fingers do."""
    middle = len(word) // 2
    return word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :] if len(word) > 3 else word


async def test_every_name_number_and_address_finds_what_the_platform_finds(synced: Looking) -> None:
    context = await synced.context()
    everyone: list[Record] = []
    for offset in (0, 50):
        everyone += await context.live.search(Query("customer", limit=50, offset=offset))
    assert len(everyone) == 82
    asked: set[tuple[str, Any]] = set()
    for each in [*everyone[::3], *everyone[-14:]]:  # the last are the hostile ones
        name, email = str(each.values["name"]), str(each.values["email"])
        first = name.split()[0]
        asked |= {(name, "name"), (first, "name"), (first[:3], "name"), (a_slip(first), "name"), (f"{first}'s", None)}
        asked |= {(str(each.values["company"]), None), (email, "email"), (email.upper(), None), (each.id, "number")}
    asked |= {("", None), ("?!", "name"), ("Nobody Atall", "name"), ("x" * 300, None), ("Adam Brewing", None)}
    different = []
    for text, by in sorted(asked, key=str):
        kept, live = await both(synced, Query("customer", text, by, limit=50))
        if kept != live:
            different.append((text, by, [one for one, *_ in kept], [one for one, *_ in live]))
    assert not different, different
    assert len(asked) > 180


@pytest.mark.parametrize(
    "name",
    [
        "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 200,
        " ".join(map("".join, itertools.product("abcdefg", "rstuvwxyz"))),
    ],
)
async def test_a_name_of_many_words_costs_a_bounded_number_of_queries(synced: Looking, name: str) -> None:
    kinds = (await synced.context()).kinds
    asked = 0

    def count(*_: Any) -> None:
        nonlocal asked
        asked += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        await kinds.search(Query("customer", name, "name"))
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    assert asked < 2 * MOST_WORDS


@pytest.mark.parametrize(
    "query",
    [
        Query("invoice", "1042", "number"),
        Query("invoice", "inv-1042", None),
        Query("invoice", "Pro monthly", "text", order="issued_at"),
        Query("invoice", where={"customer_id": (421,)}, order="issued_at", descending=True, limit=50),
        Query("invoice", where={"customer_id": (421,), "status": ("paid",)}, order="total", descending=False),
        Query("invoice", where={"status": ("open", "overdue")}, order="due_at", limit=7, offset=3),
        Query("invoice", where={"customer_id": (999_999,)}),
        Query("ticket", "password", "text", where={"assigned": (False,)}),
        Query("ticket", where={"assigned": (False,), "priority": ("urgent", "high")}, order="opened_at"),
        Query("ticket", order="closed_at", descending=True, limit=50),
        Query("subscription", "pro", None),
        Query("article", "reset password", "name"),
        Query("article", "how-to-reset-password", "number"),
        Query("agent", where={"available": (True,)}, order="joined_at", descending=False),
        Query("credit", order="amount", descending=True),
    ],
    ids=str,
)
async def test_filters_orders_and_pages_are_the_platforms(synced: Looking, query: Query) -> None:
    kept, live = await both(synced, query)
    assert kept == live
    assert kept or "999999" in str(query) or query.by == "text" or query.text == "pro"


async def test_an_undeclared_field_can_not_be_asked_for(looking: Looking) -> None:
    await looking.synced()
    context = await looking.context()
    for query in (Query("customer", where={"password_hash": ("x",)}), Query("customer", order="card_fingerprint")):
        with pytest.raises(InvalidInput, match="not a declared field"):
            await context.kinds.search(query)


async def test_nothing_that_is_not_declared_is_kept(looking: Looking) -> None:
    await looking.synced()
    row = await looking.row("customers/421")
    assert "NEVER" in row["notes_internal"] or "NEVER" in row["password_hash"], "the platform does send it"
    await looking.tell("customer.updated", {**row, "revision": row["revision"] + 1})
    await looking.worked()
    path = looking.shop.container.settings.data_dir / "opsiq.db"
    kept = b"".join(each.read_bytes() for each in path.parent.glob("opsiq.db*"))
    assert b"Novak Brewing" in kept
    assert b"NEVER SHOW" not in kept
    assert str(row["card_fingerprint"]).encode() not in kept


TEXTS = (
    "refund Adam's last invoice",
    "refund Adam Novak's latest invoice",
    "suspend Marta Kowalska",
    "suspend Jonas Becker",
    "suspend Ana Schmidt",
    "refund Adma Novak's last invoice",
    "suspend Nobody Atall",
    "refund INV-1042",
    "close ticket 5519",
    "suspend adam.novak@example.com",
    "refund the newest invoice of Brightwater",
    "assign the last open ticket of Adam Nowak to Priya Raman",
)


async def test_a_request_is_understood_the_same_from_what_is_kept(busy: Looking) -> None:
    """Ambiguity, lookalikes with their marks, questions and cards; each of the texts in a conversation of its own."""
    asked_live = {text: await busy.asked(text, f"live {text}") for text in TEXTS}
    await busy.synced()
    assert all(each["fresh"] for each in await busy.mirrors())
    for text, live in asked_live.items():
        kept = await busy.asked(text, f"kept {text}")
        assert kept.state == live.state, text
        assert kept.question == live.question, text
        if live.plan is not None:
            assert kept.plan is not None, text
            assert [step.filled[0].value for step in kept.plan.steps] == [
                step.filled[0].value for step in live.plan.steps
            ]
            assert [(pin.record_id, pin.digest) for step in kept.plan.steps for pin in step.pins] == [
                (pin.record_id, pin.digest) for step in live.plan.steps for pin in step.pins
            ], text


async def test_a_name_is_found_while_the_platform_is_down_and_nothing_is_sent_unchecked(busy: Looking) -> None:
    await busy.synced()
    with busy.stopped():
        run = await busy.asked("refund Adam Novak's latest invoice")
        assert run.state == "held"
        assert run.plan is not None
        with pytest.raises(PlatformUnavailable):
            await busy.shop.container.decisions.confirm(busy.shop.actors["olivia"], run.id, run.plan.digest)
        (step,) = run.plan.steps
        assert {pin.record_kind for pin in step.pins} == {"customer", "invoice"}
    done = await busy.confirmed(run)
    assert done.state == "succeeded"


async def test_a_card_says_when_what_it_rests_on_was_kept(busy: Looking) -> None:
    live = await busy.asked("close ticket 5520")
    await busy.synced()
    kept = await busy.asked("close ticket 5522")
    for run, said in ((live, False), (kept, True)):
        assert run.plan is not None
        sources = [each.source for step in run.plan.steps for each in step.filled]
        readings = [each.reading for each in sources if isinstance(each, RecordSource)]
        assert readings
        kept_since = re.compile(r"as of \d+ \w+ 20\d\d, \d\d:\d\d UTC")
        assert all(bool(kept_since.search(each)) is said for each in readings), readings


async def test_a_card_made_of_what_is_no_longer_so_drifts_and_is_made_anew(busy: Looking) -> None:
    """What the platform answers at the click corrects what is kept, so the next card is right."""
    await busy.synced()
    await busy.change("tickets/5523", priority="low")
    run = await busy.asked("close ticket 5523")
    assert run.plan is not None
    assert run.plan.steps[0].pins[0].values["priority"] == "urgent", "nobody has told it"
    olivia = busy.shop.actors["olivia"]
    drifted = await busy.shop.container.decisions.confirm(olivia, run.id, run.plan.digest)
    assert isinstance(drifted, Run)
    assert drifted.state != "confirmed"
    again = await busy.shop.container.runs.wait_until_idle(olivia, run.id)
    assert again.state == "held"
    assert again.plan is not None
    assert again.plan.steps[0].pins[0].values["priority"] == "low"
    assert "Priority changed from urgent to low" in " ".join(again.drift)
    assert (await busy.confirmed(again)).state == "succeeded"


async def test_what_is_not_among_the_kept_is_asked_of_the_platform(looking: Looking) -> None:
    await looking.synced()
    await looking.change("customers/455", name="Zebulon Quix")
    kept, live = await both(looking, Query("customer", "Zebulon", "name"))
    assert kept == live
    assert len(kept) == 1
    context = await looking.context()
    with looking.stopped():
        assert await context.kinds.search(Query("customer", "Zebulon", "name")) == ()
        assert (await context.kinds.record("customer", "421")) is not None


@pytest.mark.parametrize(
    "lookalike",
    ["Vemon Hale", "Vern\N{CYRILLIC SMALL LETTER O}n \N{CYRILLIC CAPITAL LETTER EN}\N{CYRILLIC SMALL LETTER A}le"],
)
async def test_of_two_names_that_look_alike_none_is_taken_unasked(busy: Looking, lookalike: str) -> None:
    await busy.change("customers/455", name="Vernon Hale")
    await busy.change("customers/456", name=lookalike)
    await busy.synced()
    run = await busy.asked("give Vernon Hale 5 EUR credit")
    assert run.state == "asked"
    assert run.question is not None
    assert {each.id for each in run.question.candidates} == {"455", "456"}
    assert any(each.marks for each in run.question.candidates)


async def test_before_a_whole_reading_and_long_after_it_the_platform_is_asked(looking: Looking) -> None:
    context = await looking.context()
    query = Query("customer", "Adam", "name")
    assert {each.as_of for each in await context.kinds.search(query)} == {""}
    await looking.synced(kind="customer")
    assert "" not in {each.as_of for each in await context.kinds.search(query)}
    invoices = await context.kinds.search(Query("invoice", "1042", "number"))
    assert {each.as_of for each in invoices} == {""}, "that kind was not read"
    looking.shop.clock.advance(seconds=looking.shop.container.settings.mirror_max_age_s)
    assert "" not in {each.as_of for each in await context.kinds.search(query)}
    looking.shop.clock.advance(seconds=1)
    assert {each.as_of for each in await context.kinds.search(query)} == {""}
    assert (await looking.mirror("customer"))["fresh"] is False


async def test_records_are_read_live_over_rest(looking: Looking) -> None:
    await looking.synced()
    row = await looking.row("customers/440")
    await looking.change("customers/440", company="Renamed & Sons")
    answer = await looking.shop.call("GET", "/v1/customers/440")
    assert answer.json()["data"]["company"] == "Renamed & Sons"
    assert row["company"] != "Renamed & Sons"
    context = await looking.context()
    record = await context.kinds.record("customer", "440")
    assert record is not None
    assert record.values["company"] == "Renamed & Sons", "and what is kept is corrected by it"


async def test_what_is_so_already_in_the_copy_is_left_out_only_if_the_platform_says_the_same(busy: Looking) -> None:
    words = "set the priority of ticket 5519 to normal"
    await busy.synced()
    run = await busy.asked(words)
    assert run.state == "refused", run.plan
    assert run.refusal is not None
    assert run.refusal.detail.endswith(" is normal already. Nothing was done."), run.refusal.detail
    with busy.stopped():
        unread = await busy.asked(words)
    await busy.change("tickets/5519", priority="low")
    moved = await busy.asked(words)
    for run in (unread, moved):
        assert run.plan is not None, run.refusal
        assert any("is normal already, as of" in each for each in run.plan.held), run.plan.held


async def test_an_answer_from_copies_says_since_when_they_are_kept_and_one_from_the_platform_does_not(
    busy: Looking,
) -> None:
    live = await busy.asked("show ticket 5440")
    await busy.synced()
    with busy.stopped():
        kept = await busy.asked("show ticket 5440")
    assert live.reply is not None
    assert kept.reply is not None
    assert live.reply.text == kept.reply.text
    assert live.reply.as_of is None
    assert kept.reply.as_of is not None
    context = await busy.context()
    view = make_answer_view(kept.reply, busy.shop.actors["olivia"], context)
    assert view.as_of == datetime.fromisoformat(kept.reply.as_of)
