from __future__ import annotations

import asyncio
import json
from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from executors.jetstream.blocked_keys import BlockedKeys
from executors.jetstream.delayed_keys import DelayedKeys
from executors.jetstream.messages import KEYS_MOST, NamedKey, pack, unpack


@given(st.lists(st.text(), max_size=60))
def test_every_key_comes_out_as_it_went_in_and_few_share_a_message(keys: list[str]) -> None:
    messages = pack([("note", key) for key in keys])
    assert [key for _, text, _ in messages for key in unpack(text.encode())] == keys
    assert len(messages) == -(-len(keys) // KEYS_MOST)


def test_a_message_of_one_key_is_the_key_as_it_always_was() -> None:
    [(kind, text, _)] = pack([("note", "evt_1+whe_1")])
    assert (kind, text) == ("note", "evt_1+whe_1")
    assert unpack(b"evt_1+whe_1") == ["evt_1+whe_1"]


def test_what_is_no_list_of_keys_is_a_key_that_nobody_knows() -> None:
    for data in (b"[1]", b"[", b"[]", b"", b"\xff", json.dumps([["k"]]).encode()):
        assert len(unpack(data)) == 1


def test_kinds_do_not_share_and_the_same_keys_have_the_same_id_until_they_are_marked() -> None:
    items = [("a", "k1"), ("b", "k2"), ("a", "k3")]
    once, again, marked = pack(items), pack(items), pack(items, "later")
    assert [kind for kind, _, _ in once] == ["a", "b"]
    assert once == again
    assert {name for _, _, name in once}.isdisjoint(name for _, _, name in marked)
    assert len({name for _, _, name in [*once, *pack([("a", "k1")])]}) == 3


async def test_a_key_is_ready_when_its_moment_has_come_and_not_before() -> None:
    rung = asyncio.Event()
    delays = DelayedKeys(rung.set)
    far, near, next_one = NamedKey("note", "far"), NamedKey("note", "near"), NamedKey("note", "next")
    delays.add(far, 3600)
    delays.add(next_one, 0.001)
    delays.add(near, 0)
    assert not delays.ready
    while len(delays.ready) < 2:
        await asyncio.wait_for(rung.wait(), 20)
        rung.clear()
    assert list(delays.ready) == [near, next_one]
    assert delays.drain() == [near, next_one, far]
    assert not delays.drain()


async def test_who_waits_longest_for_a_lane_has_the_next_turn_also_when_it_was_in_vain() -> None:
    ready: deque[NamedKey] = deque()
    blocked_keys = BlockedKeys(ready, lambda: None)
    first, second, other = NamedKey("note", "k1"), NamedKey("note", "k2"), NamedKey("note", "k3")
    blocked_keys.add("slow", first)
    blocked_keys.add("slow", second)
    blocked_keys.add("slow", NamedKey("note", "k2"))  # published again by a sweep
    blocked_keys.add("else", other)
    blocked_keys.release("slow")
    blocked_keys.release("unheard of")
    blocked_keys.release(None)
    assert [ready.popleft()] == [first]
    blocked_keys.add("slow", first)
    blocked_keys.release("slow")
    assert [ready.popleft()] == [first]
    assert blocked_keys.drain() == [second, other]
    blocked_keys.release("slow")
    assert not ready
