"""Names and patterns of events."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from registry.events import event_names

words = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
names = st.lists(words, min_size=2, max_size=4).map(".".join)


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("*", "invoice.paid", True),
        ("*", "order.line.added", True),
        ("invoice.*", "invoice.paid", True),
        ("invoice.*", "invoice.line.added", True),
        ("invoice.*", "invoices.paid", False),
        ("invoice.paid", "invoice.paid", True),
        ("invoice.paid", "invoice.paid.late", False),
        ("*.created", "order.created", True),
        ("*.created", "order.line.created", False),
        ("order.*.added", "order.line.added", True),
        ("order.*.added", "order.added", False),
        ("a.b.*", "a.b", False),
    ],
)
def test_a_star_is_one_word_and_at_the_end_all_that_follow(pattern: str, name: str, fits: bool) -> None:
    assert event_names.fits(event_names.check_pattern(pattern), name) is fits


@given(names)
def test_every_name_fits_itself_its_first_word_and_everything(name: str) -> None:
    assert event_names.check_name(name) == name
    assert event_names.fits_any([name], name)
    assert event_names.fits(f"{name.split('.')[0]}.*", name)
    assert event_names.fits("*", name)


@pytest.mark.parametrize(
    "text", ["", "invoice", "Invoice.paid", "invoice.", ".paid", "a.b.c.d.e", "a b.c", "a.b\n", "a.9", "x." * 60]
)
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        event_names.check_name(text)


@pytest.mark.parametrize("text", ["", "invoice", "**", "invoice.**", "inv*.paid", "*.*.*.*.*", "invoice.*\n"])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        event_names.check_pattern(text)


def test_a_universal_name_written_another_way_is_named() -> None:
    for refuse in (event_names.check_name, event_names.check_pattern):
        with pytest.raises(InvalidInput, match=r"Did you mean order\.shipped\?$"):
            refuse("orderShipped")
