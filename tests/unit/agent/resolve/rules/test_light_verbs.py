"""Orders whose verb says little: the thing that is done says it, or the level that something shall have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.pipeline import Calls, Request
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.resolver import RuleResolver
from agent.resolve.rules.scoring import find_light_verb_noun, sets_to
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOST = {"type": "object", "properties": {"host": {"type": "string", "description": "The host"}}, "required": ["host"]}
LEVEL = {"type": "object", "properties": {"brightness": {"type": "integer"}}, "required": ["brightness"]}
CONNECT = Offer("connect_to_host", 1, "connect_to_host", "Opens a link to a host, by its host name.", HOST)
FORGET = Offer("forget_host", 1, "forget_host", "Forgets what is known of a host.", HOST)
DIM = Offer("set_brightness", 1, "set_brightness", "The brightness of the lamp in percent.", LEVEL)
SHORTLIST = Shortlist((CONNECT, FORGET, DIM))


async def acts(text: str) -> str | None:
    made = (await RuleResolver().resolve(Request(text=text, now=NOW, given="event"), SHORTLIST, ())).resolution
    return made.drafts[0].action if isinstance(made, Calls) else None


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("establish a connection with host 'n1'", "connect"),
        ("please make a payment of 20 euros", "payment"),
        ("I'd like to place another order for lamps", "order"),
        ("run a quick search for lamps", "search"),
        ("send a letter to Ida", None),
        ("write 'make a payment' on it", None),
    ],
)
def test_where_a_verb_says_nothing_its_noun_says_what_is_done(text: str, done: str | None) -> None:
    assert find_light_verb_noun(text) == done


@pytest.mark.parametrize(
    ("text", "level"), [("lower it to 30%", True), (", raise the limit to 'high'", True), ("lower it", False)]
)
def test_a_level_is_set_where_it_is_said_what_it_shall_be(text: str, level: bool) -> None:
    assert sets_to(text) is level


async def test_a_connection_that_is_established_is_a_call_that_connects() -> None:
    assert await acts("establish a connection with host 'n1'") == "connect_to_host"


async def test_what_is_lowered_to_a_level_is_set() -> None:
    assert await acts("lower the brightness of the lamp to 30") == "set_brightness"


@pytest.mark.parametrize(
    "text", ["let me know if it works", "let me know when that's done", "keep me posted", "let us know how it went"]
)
def test_to_be_told_how_it_went_is_no_wish_of_its_own(text: str) -> None:
    assert not begins_like_an_order(text)


def test_marks_before_an_order_hide_it_from_nobody() -> None:
    assert begins_like_an_order(" , cancel the order")


async def test_words_in_quotes_say_nothing_of_which_action_is_meant() -> None:
    text = {
        "type": "object",
        "properties": {"text": {"type": "string", "description": "The text to say"}},
        "required": ["text"],
    }
    say = Offer("say", 1, "say", "Reads a text out loud in the hall.", text)
    made = (
        await RuleResolver().resolve(
            Request(text="say 'please forget host n1, and what is known of a host'", now=NOW, given="event"),
            Shortlist((say, CONNECT, FORGET)),
            (),
        )
    ).resolution
    assert isinstance(made, Calls)
    assert [draft.action for draft in made.drafts] == ["say"]
