"""An argument is what a person typed, or it is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.pipeline import Answer, Request, Span
from agent.resolve.locate import Words, locate, pieces, typed


def where(mention: str, text: str) -> list[str]:
    return [span.text for span in locate(mention, [Words(0, text)])]


def test_words_are_found_as_they_stand_with_their_offsets() -> None:
    assert locate("Adam", [Words(0, "refund Adam's invoice")]) == (Span(origin=0, start=7, end=11, text="Adam"),)


@pytest.mark.parametrize(
    ("mention", "text", "found"),
    [
        ("adam", "refund ADAM now", ["ADAM"]),
        ("Adam's last invoice", "refund Adam’s  last\ninvoice", ["Adam’s  last\ninvoice"]),
        ("“Blue” mug", 'send the "Blue" mug', ['"Blue" mug']),
        ("2024-01-05", "on 2024–01–05 please", ["2024–01–05"]),
        ("straße", "to STRASSE 5", ["STRASSE"]),
        ("\u200bAdam\u200b", "refund Adam", ["Adam"]),
    ],
)
def test_case_spaces_quotes_and_dashes_do_not_matter(mention: str, text: str, found: list[str]) -> None:
    assert where(mention, text) == found


def test_words_apart_are_found_in_their_order() -> None:
    assert where("Adam invoice", "refund Adam's last invoice") == ["Adam's", "invoice"]
    assert where("invoice Adam", "refund Adam's last invoice") == []


def test_a_slip_of_the_pen_is_forgiven_and_the_persons_spelling_kept() -> None:
    assert where("Sebastian Novak", "refund Sebastain Novak today") == ["Sebastain Novak"]


@pytest.mark.parametrize(
    ("mention", "text"),
    [
        ("cus_8842", "refund Adam's last invoice"),
        ("INV-1043", "refund INV-1042"),
        ("12", "refund invoice 1042"),
        ("42", "pay 1,042 now"),
        ("25", "set it to 4.25"),
        ("Eve", "do it every day"),
        ("Adarn", "refund Adam"),
        ("", "refund Adam"),
        ("?!", "refund Adam?!"),
    ],
)
def test_what_was_not_typed_is_not_found(mention: str, text: str) -> None:
    assert where(mention, text) == []


def test_a_unit_may_stand_right_behind_its_number() -> None:
    assert where("45", "charge 45USD") == ["45"]


def test_scripts_without_spaces_have_no_word_borders() -> None:
    assert where("北京", "我想去北京旅游") == ["北京"]


def test_a_second_argument_takes_the_second_place() -> None:
    words = [Words(0, "move 5 items from shelf 5")]
    first = locate("5", words)
    assert locate("5", words, taken=first)[0].start > first[0].start
    assert locate("items", words, taken=locate("items", words))[0].text == "items"


def test_a_completed_place_keeps_only_what_was_typed() -> None:
    assert [s.text for s in pieces("Los Angeles, CA", [Words(0, "a car in Los Angeles please")])] == ["Los Angeles"]
    assert pieces("CA, Los Angeles", [Words(0, "a car in Los Angeles please")]) == ()


def test_a_later_answer_wins_over_the_request_and_a_picked_label_is_not_the_persons_words() -> None:
    request = Request(
        text="refund Adam",
        now=datetime(2026, 1, 1, tzinfo=UTC),
        answers=(
            Answer(slot="0.customer", choice="cus_1", label="Adam Novak"),
            Answer(slot="0.amount", text="Adam, 5"),
        ),
    )
    assert typed(request) == (Words(0, "refund Adam"), Words(2, "Adam, 5"))
    assert locate("Adam", typed(request))[0].origin == 2
    assert locate("Adam Novak", typed(request)) == ()


@given(st.text(max_size=60), st.text(max_size=30))
def test_a_found_span_is_always_the_text_at_its_offsets(text: str, mention: str) -> None:
    for span in locate(mention, [Words(0, text)]):
        assert text[span.start : span.end] == span.text
        assert span.text


@given(st.text(alphabet="abcd 0123", min_size=1, max_size=40), st.data())
def test_any_whole_words_of_a_text_are_found_in_it(text: str, data: st.DataObject) -> None:
    words = text.split()
    if not words:
        return
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    assert locate(" ".join(words[start:end]), [Words(0, text)])
