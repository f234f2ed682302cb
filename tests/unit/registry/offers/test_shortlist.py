from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.stems import name_stems, stem, stem_text
from registry.contract import Annotation
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist


def offer(name: str, description: str, title: str = "", **more: object) -> Offer:
    parameters = more.pop("parameters", {"type": "object", "properties": {}})
    return Offer(name, 1, title or name, description, parameters, **more)  # type: ignore[arg-type]


REFUND = offer("invoice.refund", "Pay an invoice's amount back to the customer.", "Refund an invoice")
CANCEL = offer("subscription.cancel", "End a customer's plan.", "Cancel a subscription", aliases=("stop the plan",))
TICKET = offer(
    "ticket.create",
    "Open a support ticket.",
    parameters={
        "type": "object",
        "properties": {"priority": {"type": "string", "enum": ["low", "urgent"], "description": "how pressing it is"}},
    },
)
SHIP = offer("shipOrderToWarehouse", "Move goods.")
SHORTLIST = Shortlist((REFUND, CANCEL, TICKET, SHIP))


def first(text: str) -> str:
    return SHORTLIST.top(text)[0].offer.name


def test_what_a_title_says_is_found() -> None:
    assert first("please refund the last invoice") == "invoice.refund"


def test_an_alias_finds_its_action() -> None:
    assert first("stop her plan") == "subscription.cancel"


def test_a_camel_case_name_is_found_by_its_parts() -> None:
    assert first("warehouse") == "shipOrderToWarehouse"


def test_an_enum_value_and_a_parameter_description_count() -> None:
    assert first("urgent") == "ticket.create"
    assert first("pressing") == "ticket.create"


def test_words_an_annotation_gives_for_a_value_count() -> None:
    spoken = Annotation(words={"low": ["whenever"]})
    shortlist = Shortlist((REFUND, offer("a.b", "Do.", annotations={"p": spoken})))
    assert shortlist.top("whenever")[0].offer.name == "a.b"


def test_a_misspelt_word_is_forgiven_and_counts_less() -> None:
    right, wrong = SHORTLIST.top("refund the invoice")[0], SHORTLIST.top("refund the invioce")[0]
    assert wrong.offer is right.offer
    assert 0 < wrong.score < right.score


def test_digits_are_never_taken_for_a_misspelling() -> None:
    shortlist = Shortlist((offer("a.b", "Report 20241 of the year."), REFUND))
    assert shortlist.top("20242") == []


def test_a_word_of_like_meaning_finds_an_action_at_less_weight() -> None:
    assert first("reimburse it") == "invoice.refund"
    assert SHORTLIST.top("reimburse")[0].score < SHORTLIST.top("refund")[0].score


def test_what_shares_no_word_is_not_listed() -> None:
    assert SHORTLIST.top("zebra crossing") == []


def test_no_more_than_k_are_listed_and_the_best_stands_first() -> None:
    found = SHORTLIST.top("refund invoice, cancel subscription, open ticket, ship order", 2)
    assert len(found) == 2
    assert found[0].score >= found[1].score


def test_coverage_tells_how_much_of_the_request_is_spoken_of() -> None:
    whole, half = SHORTLIST.top("refund invoice")[0], SHORTLIST.top("refund invoice zebra giraffe")[0]
    assert whole.coverage == pytest.approx(1.0)
    assert 0 < half.coverage < whole.coverage


def test_two_offers_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"invoice\.refund"):
        Shortlist((REFUND, REFUND))


def test_an_empty_set_finds_nothing() -> None:
    assert Shortlist(()).top("refund") == []


def test_chinese_words_are_found_by_pairs_of_characters() -> None:
    shortlist = Shortlist((offer("a.b", "退款给客户"), REFUND))
    assert shortlist.top("请退款")[0].offer.name == "a.b"


@pytest.mark.parametrize(
    ("one", "other"), [("invoices", "invoice"), ("Refunding", "refund"), ("Adam's", "adam"), ("CAFÉ", "cafe")]
)
def test_endings_accents_and_case_do_not_part_words(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_an_identifier_is_its_parts_and_its_neighbours_joined() -> None:
    assert {"time", "zone", "timezon", "get"} <= set(name_stems("get_timeZone"))


def test_empty_words_leave_no_stems() -> None:
    assert stem_text("could you please do it for me") == []


@given(st.text(max_size=60))
def test_any_text_is_answered_with_offers_of_the_set_in_order(text: str) -> None:
    found = SHORTLIST.top(text)
    assert all(each.offer in SHORTLIST.offers for each in found)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert all(0.0 <= each.coverage <= 1.0 for each in found)


def test_where_a_name_says_nothing_the_first_words_said_of_it_are_what_it_goes_by() -> None:
    nameless = Offer("a12", 1, "a12", "Cancels an order that was not sent yet.", {"type": "object", "properties": {}})
    shortlist = Shortlist((nameless, REFUND, CANCEL))
    assert shortlist.called("a12")[:2] == ("cancel", "order")


def test_a_name_of_another_script_says_something() -> None:
    refund = Offer("退款", 1, "退款", "Pays back.", {"type": "object", "properties": {}})
    assert "pay" not in Shortlist((refund,)).called("退款")
