"""Model and words together: which action, by how each weighs it, and which words are for what, by who reads them better."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from agent.pipeline import (
    Abstain,
    Ask,
    Calls,
    Candidate,
    Choice,
    Mention,
    Question,
    Request,
    Resolution,
    Several,
)
from agent.resolve.client import Completion
from agent.resolve.ground import Grounding
from agent.resolve.minds import both
from agent.resolve.model import ModelResolver
from agent.resolve.odds import Token
from agent.resolve.pool import Doubt, Minds
from agent.resolve.schema import shape
from registry.contract import Annotation, Risk
from registry.offer import Offer
from registry.records import Field, RecordKind
from registry.shortlist import Shortlist

T = TypeVar("T", bound=BaseModel)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
TEXT = {"type": "string"}
PLAY = Offer(
    "media.play",
    1,
    "Play",
    "Play a song on a device.",
    {"properties": {"song": TEXT, "by_artist": TEXT, "volume": {"type": "integer"}}, "required": ["song"]},
)
FIND = Offer("media.find", 1, "Find", "Find an album.", {"properties": {"album": TEXT}})
CANCEL = Offer(
    "shop.cancel_order",
    1,
    "Cancel an order",
    "Cancel an order.",
    {"properties": {"order_id": TEXT}, "required": ["order_id"]},
    annotations={"order_id": Annotation(record="order")},
)
ORDER = RecordKind("order", "Order", ("order", "orders"), (Field("id", "id"), Field("number", search="number")))


class Weighing:
    """A client whose model says ``answer`` and held each action for so likely."""

    def __init__(self, answer: Mapping[str, Any], likely: Mapping[str, float]) -> None:
        self.answer = answer
        self.likely = likely

    async def complete(
        self, messages: Sequence[Mapping[str, str]], shape: type[T], *, legal: str = ""
    ) -> Completion[T]:
        text = json.dumps(self.answer)
        lead = (Token('{"call":{"action":', {}), Token('"', {'"': 1.0}))
        name = Token(self.answer["call"]["action"], self.likely)
        return Completion(
            value=shape.model_validate_json(text), text=text, model="openai/scripted", mode="json_schema", messages=tuple(messages),
            tokens_in=1, tokens_out=1, cost=None, duration_ms=1.0, attempts=1, tokens=(*lead, name) if self.likely else (),
        )  # fmt: skip


async def resolve(
    text: str,
    call: Mapping[str, Any],
    likely: Mapping[str, float],
    offers: Sequence[Offer] = (PLAY, FIND, CANCEL),
    *then: Mapping[str, Any],
) -> Resolution:
    resolver = ModelResolver(Weighing({"call": call, **({"then": then} if then else {})}, likely))
    request = Request(text=text, now=NOW)
    return (await resolver.resolve(request, Shortlist(offers), [ORDER])).resolution


def action(resolution: Resolution) -> str:
    assert isinstance(resolution, Calls)
    return resolution.drafts[0].action


async def test_a_model_that_was_in_two_minds_is_settled_by_the_words() -> None:
    call = {"action": "media.play", "song": "order 7"}
    torn = {"media.play": 0.5, "shop.cancel_order": 0.45, "none": 0.05}
    assert action(await resolve("cancel order 7", call, torn)) == "shop.cancel_order"
    assert isinstance(await resolve("cancel order 7", call, {}), Ask)


async def test_a_model_that_said_none_by_a_hair_does_what_the_words_say() -> None:
    close = {"none": 0.55, "shop.cancel_order": 0.45}
    assert action(await resolve("cancel order 7", {"action": "none"}, close)) == "shop.cancel_order"


async def test_where_neither_is_sure_nothing_is_done() -> None:
    doubtful = {"media.find": 0.5, "none": 0.5}
    assert isinstance(await resolve("what is the capital of Peru", {"action": "media.find"}, doubtful), Abstain)


async def test_an_order_not_to_do_it_is_weighed_against_nothing() -> None:
    certain = {"shop.cancel_order": 1.0}
    call = {"action": "shop.cancel_order", "order": "order 7"}
    assert not isinstance(await resolve("please don't cancel order 7", call, certain), Calls)


async def test_a_condition_that_nobody_can_check_is_asked_about_however_sure_the_model_is() -> None:
    certain = {"media.play": 0.99, "none": 0.01}
    made = await resolve("if Pluto is in a good mood, play Hurt", {"action": "media.play", "song": "Hurt"}, certain)
    assert isinstance(made, Ask)
    assert "depends on something" in made.question.text


async def test_what_the_model_left_out_is_read_from_the_words() -> None:
    made = await resolve("play Hurt at volume 7", {"action": "media.play", "song": "Hurt"}, {}, [PLAY])
    assert isinstance(made, Calls)
    volume = made.drafts[0].arguments["volume"]
    assert isinstance(volume, Mention)
    assert volume.text == "7"


async def test_words_that_plainly_are_anothers_do_not_fill_what_is_required() -> None:
    call = {"action": "media.play", "song": "Johnny Cash", "by_artist": "Johnny Cash"}
    made = await resolve("play something by artist Johnny Cash", call, {}, [PLAY])
    assert isinstance(made, Calls)
    assert set(made.drafts[0].arguments) == {"by_artist"}


async def test_which_record_is_meant_is_the_words_to_say() -> None:
    made = await resolve("cancel order 1042", {"action": "shop.cancel_order", "order": "order"}, {}, [CANCEL])
    assert isinstance(made, Calls)
    order = made.drafts[0].arguments["order_id"]
    assert isinstance(order, Mention)
    assert "1042" in order.text


async def test_a_call_known_by_heart_that_no_word_is_for_gives_way_to_the_one_that_was_asked_for() -> None:
    by_heart = {"action": "media.play", "song": "Yesterday", "by_artist": "The Beatles"}
    made = await resolve(
        "cancel order 1042. Do it quickly", by_heart, {"media.play": 0.8}, (PLAY, CANCEL), {"action": "shop.cancel_order", "order": "order"}
    )  # fmt: skip
    assert isinstance(made, Calls)
    assert [draft.action for draft in made.drafts] == ["shop.cancel_order"]
    order = made.drafts[0].arguments["order_id"]
    assert isinstance(order, Mention)
    assert "1042" in order.text  # read as the only call there is


def test_what_speaks_against_a_call_is_that_its_words_were_made_up_or_something_lacks() -> None:
    def doubts(**call: str) -> dict[str, Doubt]:
        grounding = Grounding(Request(text="play Hurt at volume 7", now=NOW), [], [], alone=False)
        grounding.draft(shape([PLAY]).entries["media.play"], call)
        return grounding.doubts

    assert doubts(song="Yesterday", by_artist="The Beatles") == {"media.play": Doubt.GROUNDLESS}
    assert doubts(volume="7") == {"media.play": Doubt.LACKING}
    assert doubts() == {"media.play": Doubt.LACKING}
    assert doubts(song="Hurt", by_artist="Johnny Cash") == {}


async def test_the_same_call_said_twice_is_one() -> None:
    call = {"action": "shop.cancel_order", "order": "order 1042"}
    made = await resolve("cancel order 1042. Do it quickly", call, {}, (PLAY, CANCEL), call)
    assert isinstance(made, Calls)
    assert len(made.drafts) == 1


async def test_two_calls_of_one_action_that_each_have_words_of_their_own_are_two() -> None:
    first, second = ({"action": "shop.cancel_order", "order": f"order {number}"} for number in (1042, 1043))
    made = await resolve("cancel order 1042 and then cancel order 1043", first, {}, (PLAY, CANCEL), second)
    assert isinstance(made, Calls)
    assert len(made.drafts) == 2


def test_a_model_that_would_ask_between_two_holds_either_for_possible() -> None:
    between = tuple(Candidate(id=name, label=name) for name in ("media.find", "shop.cancel_order"))
    said = Ask(question=Question(slot="action", code="unclear_action", text="Which?", candidates=between))
    offers = [PLAY, FIND, CANCEL]
    minds, _ = both(
        {"ask": 0.8, "none": 0.1, "media.find": 0.1}, shape(offers), said, Abstain(reason="nothing_fits", detail=""), {},
        Request(text="the album", now=NOW), Shortlist(offers), [],
    )  # fmt: skip
    assert minds is not None
    assert minds.model == pytest.approx(
        {"media.play": 0.0, "media.find": 0.5, "shop.cancel_order": 0.4, Minds.NONE: 0.1}
    )


async def test_of_what_is_listed_nothing_is_left_undone_in_silence() -> None:
    what = {"type": "string", "enum": ["visits", "length"]}
    plot = Offer(
        "site.plot", 1, "Plot", "Plot a measure.", {"properties": {"what": what}, "required": ["what"]},
        annotations={"what": Annotation(each=True)},
    )  # fmt: skip
    made = await resolve("plot visits and length", {"action": "site.plot", "what": "visits"}, {}, [plot])
    assert isinstance(made, Calls)
    both_of_them = made.drafts[0].arguments["what"]
    assert isinstance(both_of_them, Several)
    assert [each.value for each in both_of_them.items if isinstance(each, Choice)] == ["visits", "length"]


async def test_what_the_words_propose_first_counts_as_what_they_hold_likeliest() -> None:
    looks = Offer(
        "hotels.search", 1, "Search hotels", "Search for a hotel.", {"properties": {"city": TEXT}, "required": ["city"]}, risk=Risk.READ
    )  # fmt: skip
    books = Offer(
        "hotels.book", 1, "Book a hotel", "Book a hotel.", {"properties": {"city": TEXT}, "required": ["city"]}
    )
    for order in ((looks, books), (books, looks)):
        made = await resolve(
            "I need a hotel", {"action": "none"}, {"none": 0.6, "hotels.search": 0.2, "hotels.book": 0.2}, order
        )
        assert isinstance(made, Ask)
        assert made.question.candidates[0].id == "hotels.search"
        assert [draft.action for draft in made.drafts] == ["hotels.search"]
