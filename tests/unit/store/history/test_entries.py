from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.history.entries import MAX_WORDS, HistoryRow, collect_words, digest_entry, split_words

AT = datetime(2026, 11, 24, 15, 43, 4, 123456, tzinfo=UTC)


def an_entry(**changed: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {name: f"{name}-value" for name in HistoryRow.model_fields if name != "digest"}
    return {**entry, "seq": 7, "at": AT, "duration_ms": 1.5, **changed}


def test_a_digest_is_the_same_for_the_same_moment_in_another_zone() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert digest_entry(an_entry(at=elsewhere)) == digest_entry(an_entry())


def test_a_digest_does_not_cover_itself() -> None:
    assert digest_entry(an_entry(digest="sha256:00")) == digest_entry(an_entry())


@pytest.mark.parametrize("name", sorted(set(HistoryRow.model_fields) - {"digest"}))
def test_a_digest_covers_every_column(name: str) -> None:
    other: dict[str, Any] = {"seq": 8, "at": AT + timedelta(microseconds=1), "duration_ms": 1.5000001}
    assert digest_entry(an_entry(**{name: other.get(name, "other")})) != digest_entry(an_entry())
    assert name in ("seq", "at", "duration_ms") or digest_entry(an_entry(**{name: None})) != digest_entry(an_entry())


def test_a_digest_is_what_openssl_says() -> None:
    # printf '%s' '{"at":"2026-11-24T15:43:04.123456Z","kind":"k","seq":1}' | openssl sha256
    assert (
        digest_entry({"at": AT, "kind": "k", "seq": 1})
        == "sha256:670ffd054bc7ab13df6a051d1f74eecccf3f5e3a0a9768550307945cddb3d226"
    )


def test_words_are_every_text_in_reading_order_folded_and_without_control() -> None:
    data = {"a": "Größe\x00  X", "b": [{"c": "Y"}, 3, True, None], "d": ("Z",)}
    assert collect_words("Kind", {"name": "Ada"}, data) == "kind ada grosse x y z"


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("Refund ada", [("refund",), ("ada",)]),
        ('"Ada  Novak" refund', [("ada novak",), ("refund",)]),
        ("„Ada Novák“", [("ada novak", "ada novák")]),
        ('5" pipe', [('5"',), ("pipe",)]),
        ('" "', []),
    ],
)
def test_a_search_is_words_and_phrases_each_in_the_forms_that_an_entry_may_hold(
    text: str, forms: list[tuple[str, ...]]
) -> None:
    assert split_words(text) == forms


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_words_are_short_and_storable_whatever_the_data(value: Any) -> None:
    words = collect_words("kind", {"name": "Ada"}, {"value": value})
    assert len(words) <= MAX_WORDS
    assert "\x00" not in words
    assert words == " ".join(words.split())


def test_words_of_a_long_text_are_cut() -> None:
    assert len(collect_words("kind", {}, {"text": "x" * (2 * MAX_WORDS)})) == MAX_WORDS
