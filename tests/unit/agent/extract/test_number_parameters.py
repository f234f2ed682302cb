"""Numbers, money and lengths of time: words → exact values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from agent.extract.parameter_reader import read_exact, scan
from agent.extract.spans import money
from agent.extract.time import durations
from language import numerals
from language.text import read_text
from registry.contract import Annotation, Unit

NOW = datetime(2026, 11, 24, 15, 43, tzinfo=UTC)
PLAIN = Annotation()


@pytest.mark.parametrize(
    ("words", "value", "kind"),
    [
        ("7", "7", "cardinal"),
        ("1,234", "1234", "cardinal"),
        ("1,234.56", "1234.56", "cardinal"),
        ("1.234,56", "1234.56", "cardinal"),
        ("3,50", "3.50", "cardinal"),
        ("1.234.567", "1234567", "cardinal"),
        ("12 500", "12500", "cardinal"),
        ("12\u202f500", "12500", "cardinal"),
        ("-5", "-5", "cardinal"),
        ("2k", "2000", "cardinal"),
        ("1.5 million", "1500000", "cardinal"),
        ("twenty-five", "25", "cardinal"),
        ("one hundred and twenty three", "123", "cardinal"),
        ("two thousand and five", "2005", "cardinal"),
        ("a dozen", "12", "cardinal"),
        ("half a dozen", "6", "cardinal"),
        ("a couple", "2", "cardinal"),
        ("two and a half", "2.5", "cardinal"),
        ("three quarters", "0.75", "cardinal"),
        ("twice", "2", "cardinal"),
        ("3rd", "3", "ordinal"),
        ("twenty-first", "21", "ordinal"),
        ("20%", "20", "percent"),
        ("twenty percent", "20", "percent"),
        ("5 per cent", "5", "percent"),
    ],
)
def test_a_number_is_read_however_it_is_written(words: str, value: str, kind: str) -> None:
    (found,) = numerals.find(read_text(words))
    assert (found.value, found.kind) == (Decimal(value), kind)
    assert (found.start, found.end) == (0, len(words))


@pytest.mark.parametrize("words", ["INV-1042", "2026-12-01", "15:30", "192.168.0.1", "a1b2", "v1.2.3", "user_42"])
def test_codes_days_and_addresses_are_no_numbers(words: str) -> None:
    assert numerals.find(read_text(words)) == ()


def test_two_numbers_side_by_side_stay_two() -> None:
    assert [each.value for each in numerals.find(read_text("two three"))] == [2, 3]


@pytest.mark.parametrize(
    ("words", "amount", "currency"),
    [
        ("$20", "20", "USD"),
        ("20 dollars", "20", "USD"),
        ("twenty bucks", "20", "USD"),
        ("€3,50", "3.50", "EUR"),
        ("3.50 €", "3.50", "EUR"),
        ("1.234,56 EUR", "1234.56", "EUR"),
        ("EUR 12", "12", "EUR"),
        ("12 eur", "12", "EUR"),
        ("US$5k", "5000", "USD"),
        ("A$12", "12", "AUD"),
        ("$20 CAD", "20", "CAD"),
        ("50 cents", "0.50", "USD"),
        ("5 dollars and 50 cents", "5.50", "USD"),
        ("£10", "10", "GBP"),
        ("70p", "0.70", "GBP"),
        ("¥500", "500", "JPY"),
        ("2 million yen", "2000000", "JPY"),
        ("99 złoty", "99", "PLN"),
    ],
)
def test_a_sum_is_read_with_its_currency(words: str, amount: str, currency: str) -> None:
    (found,) = money.find(read_text(words))
    assert (found.amount, found.currency) == (Decimal(amount), currency)
    assert words[found.start : found.end] == words


@pytest.mark.parametrize(
    ("words", "currency", "minor"),
    [
        ("twenty dollars", "USD", 2000),
        ("20", "USD", 2000),
        ("19.99", "EUR", 1999),
        ("2000 yen", "JPY", 2000),
        ("1.5 KWD", "KWD", 1500),
        ("1.234 KWD", "KWD", 1234),
        ("20 cents", "USD", 20),
        ("$20", "CAD", 2000),
        ("a hundred bucks", "USD", 10000),
    ],
)
def test_minor_units_follow_the_currency_s_exponent(words: str, currency: str, minor: int) -> None:
    annotation = Annotation(unit=Unit.MONEY_MINOR, currency=currency)
    reading = read_exact(words, name="amount", schema={"type": "integer"}, annotation=annotation, now=NOW)
    assert reading is not None
    assert reading.value == minor
    assert type(reading.value) is int
    assert currency in reading.shown


@pytest.mark.parametrize(
    ("words", "currency"),
    [
        ("€20", "USD"),
        ("20.555", "USD"),
        ("1.5", "JPY"),
        ("CAD 20", "USD"),
        ("minus 5", "USD"),
        ("20 pounds", "EUR"),
        ("ten percent", "USD"),
    ],
)
def test_another_currency_or_a_fraction_of_a_cent_is_no_reading(words: str, currency: str) -> None:
    annotation = Annotation(unit=Unit.MONEY_MINOR, currency=currency)
    assert read_exact(words, name="amount", schema={"type": "integer"}, annotation=annotation, now=NOW) is None


def test_a_number_without_any_known_currency_is_a_guess() -> None:
    annotation = Annotation(unit=Unit.MONEY_MINOR, currency_from="currency")
    (reading,) = scan("refund 20", name="amount", schema={"type": "integer"}, annotation=annotation, now=NOW)
    assert reading.confidence <= 0.3
    assert "assumed" in reading.how


@pytest.mark.parametrize(
    ("words", "how"), [("80", "80 → 80.00 EUR"), ("80 euros", "80 euros → 80.00 EUR"), ("80.00 EUR", "")]
)
def test_how_a_sum_was_read_is_said_as_people_write_it(words: str, how: str) -> None:
    annotation = Annotation(unit=Unit.MONEY_MINOR, currency="EUR")
    reading = read_exact(words, name="amount", schema={"type": "integer"}, annotation=annotation, now=NOW)
    assert reading is not None
    assert (reading.value, reading.how) == (8000, how)


def test_the_sum_stands_above_other_numbers_of_the_request() -> None:
    text = "refund 20 dollars on invoice 1042 from May 5"
    annotation = Annotation(unit=Unit.MONEY_MINOR, currency="USD")
    first, *rest = scan(text, name="amount", schema={"type": "integer"}, annotation=annotation, now=NOW)
    assert (first.value, first.text) == (2000, "20 dollars")
    assert all(each.confidence < first.confidence for each in rest)


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("90 minutes", 5400),
        ("90min", 5400),
        ("an hour", 3600),
        ("an hour and a half", 5400),
        ("one and a half hours", 5400),
        ("half an hour", 1800),
        ("1h30", 5400),
        ("2 hours and 30 minutes", 9000),
        ("two weeks", 1209600),
        ("30-minute", 1800),
        ("PT45M", 2700),
        ("a couple of days", 172800),
    ],
)
def test_a_length_of_time_is_read_in_seconds(words: str, seconds: int) -> None:
    (found,) = durations.find(read_text(words))
    assert found.seconds == seconds
    assert words[found.start : found.end] == words


@pytest.mark.parametrize(
    ("words", "unit", "value"),
    [
        ("two hours", "minutes", 120),
        ("90 minutes", "hours", None),
        ("2 weeks", "days", 14),
        ("3 days", "hours", 72),
        ("14", "days", 14),
    ],
)
def test_a_length_comes_in_the_unit_asked_for_or_not_at_all(words: str, unit: str, value: int | None) -> None:
    reading = read_exact(
        words, name="length", schema={"type": "integer"}, annotation=Annotation(unit=Unit(unit)), now=NOW
    )
    assert (reading.value if reading else None) == value


def test_the_description_s_unit_counts_as_well() -> None:
    schema = {"type": "integer", "description": "Length of the call in minutes."}
    first, *_ = scan("plan a two hour call", name="duration", schema=schema, annotation=PLAIN, now=NOW)
    assert (first.value, first.text) == (120, "two hour")


@pytest.mark.parametrize(
    ("words", "schema", "value"),
    [
        ("three tickets", {"type": "integer"}, 3),
        ("17 days", {"type": "integer"}, None),
        ("three and a half", {"type": "integer"}, None),
        ("200", {"type": "integer", "maximum": 100}, None),
        ("0", {"type": "integer", "minimum": 1}, None),
        ("2.5", {"type": "number"}, 2.5),
        ("seven", {"type": "string"}, "7"),
    ],
)
def test_a_count_keeps_the_schema_s_bounds(words: str, schema: dict[str, object], value: object) -> None:
    reading = read_exact(words, name="quantity", schema=schema, annotation=PLAIN, now=NOW)
    assert (reading.value if reading else None) == value


def test_the_number_beside_the_parameter_s_word_wins() -> None:
    text = "book a table for 4 people on port 9 with 2 high chairs"
    schema = {"type": "integer", "description": "How many people come"}
    first, *_ = scan(text, name="people", schema=schema, annotation=PLAIN, now=NOW)
    assert first.value == 4


def test_an_index_that_counts_from_zero_is_one_less_than_its_ordinal() -> None:
    schema = {"type": "integer", "description": "The zero-based index of the entry."}
    first, *_ = scan("drop the third entry", name="index", schema=schema, annotation=PLAIN, now=NOW)
    assert (first.value, first.text) == (2, "third")


@pytest.mark.parametrize(
    ("words", "maximum", "value"), [("20%", 100, 20), ("20%", 1, 0.2), ("fifteen percent", None, 15)]
)
def test_a_percentage_is_a_share_where_the_maximum_is_one(words: str, maximum: int | None, value: float) -> None:
    schema = {"type": "number"} | ({"maximum": maximum} if maximum else {})
    reading = read_exact(words, name="share", schema=schema, annotation=Annotation(unit=Unit.PERCENT), now=NOW)
    assert reading is not None
    assert reading.value == value


@pytest.mark.parametrize(
    ("words", "code"), [("euros", "EUR"), ("in USD", "USD"), ("£", "GBP"), ("yen", "JPY"), ("chf", "CHF")]
)
def test_a_currency_is_read_as_its_code(words: str, code: str) -> None:
    reading = read_exact(words, name="currency", schema={"type": "string"}, annotation=PLAIN, now=NOW)
    assert reading is not None
    assert reading.value == code


@pytest.mark.parametrize("words", ["three hundred " * 400, "million " * 400, "9" * 4000, "1," * 2000, "dozen " * 300])
def test_endless_numbers_neither_fail_nor_grow(words: str) -> None:
    for found in numerals.find(read_text(words)):
        assert abs(found.value) <= 10**18 * 12
    schema = {"type": "integer", "description": "Price in dollars"}
    for reading in scan(words, name="price", schema=schema, annotation=PLAIN, now=NOW):
        assert abs(reading.value) < 2**53


@pytest.mark.parametrize(
    ("words", "name", "annotation", "value"),
    [
        ("2.5 kilos", "weight_g", PLAIN, 2500),
        ("4kg", "amount", Annotation(label="Grams"), 4000),
        ("2 quarters", "months", PLAIN, 6),
        ("a year", "months", Annotation(unit=Unit.COUNT), 12),
        ("2 years", "months", Annotation(unit=Unit.COUNT), 24),
        ("50 a year", "months", Annotation(unit=Unit.COUNT), None),
        ("a year ago", "months", Annotation(unit=Unit.COUNT), None),
        ("700 ml", "litres", PLAIN, None),
        ("60 m", "length_m", PLAIN, 60),
        ("15 Norwegian kroner", "fee", Annotation(unit=Unit.MONEY_MINOR, currency="NOK"), 1500),
        ("15 Norwegian kroner", "fee", Annotation(unit=Unit.MONEY_MINOR, currency="EUR"), None),
    ],
)
def test_a_number_is_read_in_what_its_parameter_counts_in(
    words: str, name: str, annotation: Annotation, value: int | None
) -> None:
    read = read_exact(words, name=name, schema={"type": "integer"}, annotation=annotation, now=NOW)
    assert (read.value if read else None) == value
