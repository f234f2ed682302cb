"""Money: reads symbols, codes, names and words. Takes Decimal and gives integer minor units by the exponents of ISO
4217, never floats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Final

from core.money import get_exponent
from language import currencies, numerals
from language.text import Text, word_set

# ISO 4217 active codes.
CODES: Final = word_set(
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE "
    "CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD "
    "IRR ISK JMD JOD JPY KES "
    "KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR "
    "MZN NAD NGN NIO NOK NPR "
    "NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
    "SYP SZL THB TJS TMT TND "
    "TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
)
_SYMBOLS: Final = {
    "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₫": "VND",
    "₪": "ILS", "₴": "UAH", "₦": "NGN", "₱": "PHP", "฿": "THB", "₡": "CRC", "₲": "PYG", "₸": "KZT", "₾": "GEL",
    "¢": "USD",
}  # fmt: skip
_PREFIXED: Final = {
    "us": "USD", "a": "AUD", "au": "AUD", "c": "CAD", "ca": "CAD", "nz": "NZD", "s": "SGD", "hk": "HKD", "r": "BRL",
    "nt": "TWD",
}  # fmt: skip
_NAMES: Final = {
    "USD": "dollar dollars buck bucks", "EUR": "euro euros", "GBP": "pound pounds quid sterling", "JPY": "yen",
    "INR": "rupee rupees", "CNY": "yuan renminbi rmb", "CHF": "franc francs", "SEK": "krona kronor",
    "PLN": "zloty zlotys złoty zł", "CZK": "kč koruna korunas", "RUB": "ruble rubles", "BRL": "real reais",
    "KRW": "won", "HUF": "forint forints", "ILS": "shekel shekels", "VND": "dong", "THB": "baht", "MYR": "ringgit",
    "ZAR": "rand", "AED": "dirham dirhams", "NGN": "naira",
}  # fmt: skip
_WORDS: Final = {word: code for code, words in _NAMES.items() for word in words.split()}
_NOTES: Final = {"fiver": Decimal(5), "tenner": Decimal(10)}
_HUNDREDTHS: Final = {
    "cent": "USD", "cents": "USD", "pence": "GBP", "pennies": "USD", "penny": "GBP", "p": "GBP", "¢": "USD",
}  # fmt: skip
_SHARED: Final = {
    "USD": word_set(
        "USD CAD AUD NZD SGD HKD MXN ARS CLP COP TWD BSD BBD JMD TTD XCD LRD NAD FJD BZD GYD KYD SRD BND BMD"
    ),
    "GBP": word_set("GBP EGP GIP FKP SHP LBP SYP SDG SSP"),
    "JPY": word_set("JPY CNY"),
    "INR": word_set("INR PKR LKR NPR MUR SCR IDR"),
    "CHF": word_set("CHF XAF XOF XPF CDF RWF BIF DJF GNF KMF"),
}
_HUNDREDTHS_OF: Final = word_set("USD EUR CAD AUD NZD SGD HKD ZAR MXN")


_WORD: Final = re.compile(rf"[^\W\d_]+|(?<!\d)(?<!\d )[{re.escape(''.join(_SYMBOLS))}](?!\s?\d)")
# "1.500": one and a half in some places, fifteen hundred in others.
_THOUSANDS: Final = re.compile(r"(?<![\d.,])[1-9]\d{0,2}[.]\d{3}(?![\d.,]*\d)")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money in a text. ``currency`` is None if none is named. ``loose``: the sign belongs to several
    currencies ("$"), or the word does ("a tenner")."""

    start: int
    end: int
    amount: Decimal
    currency: str | None
    loose: bool
    cents: bool = False


def find_currency(words: str) -> str | None:
    """A currency's code, from its code, sign or name alone."""
    stripped = words.strip()
    if stripped.upper() in CODES:
        return stripped.upper()
    low = stripped.lower()
    if stripped[-1:] == "$" and low[:-1] in _PREFIXED:
        return _PREFIXED[low[:-1]]
    return _SYMBOLS.get(stripped) or _WORDS.get(low) or currencies.find_by_name(low)


def find_named_code(words: str) -> str | None:
    """Like ``find_currency``, but a code that is also an English word ("top", "cup") counts only in capitals."""
    return find_currency(words) if words.strip() not in _ENGLISH else None


def find_currencies(text: str) -> Iterator[Money]:
    """The currencies that a text names without an amount, by sign, code or name: "US dollars", "EUR", "yen"."""
    words = list(_WORD.finditer(text))
    at = 0
    while at < len(words):
        for many in (3, 2, 1):
            start, end = words[at].start(), words[min(at + many, len(words)) - 1].end()
            said = text[start:end]
            if (code := find_named_code(said)) is not None:
                yield Money(start, end, Decimal(0), code, " " not in said and said.upper() not in CODES)
                break
        at += many


def agrees(said: Money, currency: str | None) -> bool:
    """Whether the stated currency can be ``currency``. An unknown one contradicts nothing."""
    if said.currency is None or currency is None or said.currency == currency:
        return True
    if said.cents and said.currency == "USD":
        return currency in _HUNDREDTHS_OF
    return said.loose and currency in _SHARED.get(said.currency, frozenset())


@lru_cache(maxsize=512)
def find(text: Text) -> tuple[Money, ...]:
    """Every number of the text as money, with or without a currency."""
    made: list[Money] = []
    for number in numerals.find(text):
        if number.kind != "cardinal":
            continue
        said = _negate(text, _make_money(text, number))
        last = made[-1] if made else None
        if said.cents and last is not None and not last.cents and last.currency and said.amount < 1:
            between = text.low[last.end : said.start].strip()
            if between in {"", "and", ","}:
                made[-1] = Money(last.start, said.end, last.amount + said.amount, last.currency, last.loose)
                continue
        made.append(said)
    notes = [Money(each.start, each.end, _NOTES[each.low], None, True) for each in text.tokens if each.low in _NOTES]
    return tuple(sorted((*made, *notes), key=lambda each: each.start)) if notes else tuple(made)


def _negate(text: Text, said: Money) -> Money:
    """The amount with the minus before its currency: "-€20". The one before its digits is the number's own."""
    index = text.index_at(said.start)
    if said.amount < 0 or not numerals.is_signed(text.tokens, index) or text.tokens[index - 1].text != "-":
        return said
    return replace(said, start=text.tokens[index - 1].start, amount=-said.amount)


def _make_money(text: Text, number: numerals.Number) -> Money:
    start, end, amount = number.start, number.end, number.value
    if number.unit:
        glued = find_currency(number.unit)
        if number.unit in _HUNDREDTHS:
            return Money(start, end + len(number.unit), amount / 100, _HUNDREDTHS[number.unit], True, True)
        if glued:
            return Money(start, end + len(number.unit), amount, glued, number.unit.upper() not in CODES)
        return Money(start, end, amount, None, False)
    before = text.before(start, 2)
    if before and text.plain[before[0].end : start].strip() == "" and start - before[0].end <= 1:
        sign = before[0]
        if sign.text in _SYMBOLS:
            prefix = before[1] if len(before) > 1 and before[1].end == sign.start else None
            if prefix is not None and prefix.low in _PREFIXED:
                return Money(prefix.start, _after_code(text, end), amount, _PREFIXED[prefix.low], False)
            return _read_trailing_code(text, sign.start, end, amount, _SYMBOLS[sign.text])
        if sign.text in CODES:
            return Money(sign.start, end, amount, sign.text, False)
    after = text.after(end, 3)
    if after and after[0].start - end <= 1:
        low = after[0].low
        if low in _HUNDREDTHS and (low != "p" or after[0].start == end):
            return Money(start, after[0].end, amount / 100, _HUNDREDTHS[low], True, True)
        if after[0].text in _SYMBOLS:
            return Money(start, after[0].end, amount, _SYMBOLS[after[0].text], True)
        if after[0].text.upper() in CODES and (after[0].text.isupper() or low not in _ENGLISH):
            return Money(start, after[0].end, amount, after[0].text.upper(), False)
        for last in reversed(after[1:]):  # "Canadian dollars", "South African rand"
            named = currencies.find_by_name(text.plain[after[0].start : last.bare_end])
            if named is not None:
                return Money(start, last.bare_end, amount, named, False)
        if low in _WORDS:
            return Money(start, after[0].end, amount, _WORDS[low], True)
    return Money(start, end, amount, None, False)


# Codes that are also English words. They count only in capitals.
_ENGLISH: Final = word_set("all top try cup mad lak bob sos php mop cop gel gip pen rub ron")


def _read_trailing_code(text: Text, start: int, end: int, amount: Decimal, currency: str) -> Money:
    """The code after a sign, which decides: "$20 USD", "$20 CAD"."""
    after = text.after(end, 1)
    if after and after[0].text in CODES and after[0].start - end <= 1:
        return Money(start, after[0].end, amount, after[0].text, False)
    return Money(start, end, amount, currency, True)


def _after_code(text: Text, end: int) -> int:
    after = text.after(end, 1)
    return after[0].end if after and after[0].text in CODES and after[0].start - end <= 1 else end


def may_be_thousands(words: str, currency: str) -> bool:
    """Whether an amount's point may group thousands or be a decimal point: "1.000 EUR". Nobody can tell, except in a
    currency of three decimals."""
    return get_exponent(currency) != 3 and _THOUSANDS.search(words) is not None


def to_minor_units(amount: Decimal, currency: str) -> int | None:
    """Integer minor units. None if the amount has a fraction of one, or is too large to be sent as a number."""
    scaled = amount.scaleb(get_exponent(currency))
    return int(scaled) if scaled == scaled.to_integral_value() and abs(scaled) < _TOO_LARGE else None


def explain_unsendable(amount: Decimal, currency: str) -> str | None:
    """Why an amount has no minor units, as the end of a sentence. None if it has."""
    if to_minor_units(amount, currency) is not None:
        return None
    large = abs(amount.scaleb(get_exponent(currency))) >= _TOO_LARGE
    return "is too large an amount" if large else f"has more decimals than {currency} has"


_TOO_LARGE: Final = 2**53


def format_amount(amount: Decimal, currency: str | None) -> str:
    """ "20.00 USD"."""
    if currency is None:
        return f"{amount:f}"
    digits = get_exponent(currency)
    exact = amount if amount != round(amount, digits) else round(amount, digits)
    return f"{exact:,f} {currency}"
