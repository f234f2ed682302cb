"""Number readers: read numbers, money, durations and percentages of a text as values of a parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from agent.extract import context
from agent.extract.context import find_preposition, rate_affinity, rate_label
from agent.extract.counted_units import find_counted_unit
from agent.extract.parameter_spec import UNITS, ParameterSpec, stem_word
from agent.extract.reading import Candidate
from agent.extract.spans import money, patterns
from agent.extract.time import dates, durations, times
from language import numerals
from language.measures import Measure, convert_said, find_measure
from language.text import Text, word_set
from registry.contract import Unit

_PLACED: Final = frozenset(map(stem_word, ("index", "position", "number", "day", "rank")))
"""Words in a parameter's name for a place in a sequence, which an ordinal gives."""
PEOPLED: Final = 0.35
"""Weight that is added to a number of people if the parameter asks for one."""


def cast_number(spec: ParameterSpec, value: Decimal) -> Any:
    """``value`` in the schema's type: an int if it is whole, text if the schema wants text. None if it can't be."""
    whole = value == value.to_integral_value()
    first = spec.types[0] if spec.types else "number"
    if first == "string":
        return str(int(value)) if whole else f"{value.normalize():f}"
    if whole:
        return int(value) if abs(value) < 2**53 else None
    return None if first == "integer" and "number" not in spec.types else float(value)


def is_within_limits(spec: ParameterSpec, value: Any) -> bool:
    """Whether the schema's bounds allow ``value``."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    low, high = spec.schema.get("minimum"), spec.schema.get("maximum")
    above, below = spec.schema.get("exclusiveMinimum"), spec.schema.get("exclusiveMaximum")
    step = spec.schema.get("multipleOf")
    return not (
        (isinstance(low, int | float) and value < low)
        or (isinstance(high, int | float) and value > high)
        or (isinstance(above, int | float) and not isinstance(above, bool) and value <= above)
        or (isinstance(below, int | float) and not isinstance(below, bool) and value >= below)
        or (isinstance(step, int) and step > 0 and Decimal(str(value)) % step != 0)
    )


def find_numbers(text: Text, spec: ParameterSpec, now: datetime) -> list[Candidate]:
    made: list[Candidate] = []
    others = _find_other_uses(text, now)
    found = numerals.find(text)
    names = set(spec.own)
    yearly = stem_word("year") in names
    wanted = find_counted_unit(spec.name, spec.schema, spec.annotation)
    measured = spec.unit is not None or spec.annotation.unit is Unit.COUNT
    made += _find_converted(text, spec, wanted)
    for number in found:
        end = number.end
        value = number.value
        if (number.vague and _stands_for_thing(text, number)) or (measured and number.kind == "percent"):
            continue
        ordinal = number.kind == "ordinal"
        if ordinal and spec.zero_based:
            value -= 1
        if wanted is not None and (said_in := _find_measure(text, number, wanted)) is not None:
            changed = convert_said(value, said_in, wanted)
            if changed is None:
                continue
            value = changed
        made_value = cast_number(spec, value)
        if made_value is None or not is_within_limits(spec, made_value):
            continue
        near = rate_label(text, number.start, end, spec)
        weight = 0.4 + near + 0.6 * rate_affinity(text, number.start, spec)
        weight += 0.1 if spec.unit and find_preposition(text, number.start) == "by" else 0.0  # "extend it by 5"
        follows = text.after(end, 2)
        counted = [stem_word(number.unit)] if number.unit else [stem_word(token.low) for token in follows]
        if (
            (counted and counted[0] in names)
            or (len(counted) > 1 and counted[1] in names and follows[0].word)
            or (not number.unit and not ordinal and names & set(context.list_counted_stems(text, end)))
        ):
            weight += 0.2
        elif counted and counted[0] in spec.about and counted[0] not in {stem_word(unit) for unit in UNITS}:
            weight += 0.12
        if number.unit and spec.unit and UNITS.get(number.unit) not in {None, spec.unit}:
            continue
        if spec.unit and _counts_other(text, end, spec.unit):
            continue
        is_year = number.kind == "cardinal" and 1900 <= value <= 2100 and not number.words and end - number.start == 4
        if any(start <= number.start and end <= stop for start, stop in others) and not (yearly and is_year):
            weight -= 0.3 if near < 0.3 else 0.1
        weight += (0.25 if is_year else -0.3) if yearly else (-0.15 if is_year and near < 0.2 else 0.0)
        if ordinal and not spec.zero_based and names.isdisjoint(_PLACED):
            weight -= 0.3
        weight += context.rate_paging(text, number.start, end, names)
        peopled = context.counts_people(spec) and not ordinal and context.says_people(text, number.start, end)
        if context.counts_people(spec) and _AGED.match(text.low, end):
            continue  # "two adults over 18 years old"
        if peopled:
            weight += PEOPLED
        elif number.vague and near < 0.2:
            weight -= 0.2
        if len(found) > 1 and near == 0:
            weight -= 0.1
        said = text.plain[number.start : end]
        how = "" if said == str(made_value) else f"{said} → {made_value}"
        made.append(Candidate(number.start, end, made_value, how, f"{value.normalize():f}", weight))
    for code in patterns.find_codes(text):
        # "user id 00123": not a number because of its zeros, but a number is wanted.
        digits = code.value.removeprefix("#")
        if digits.isdigit() and code.value.startswith("#") and spec.types[:1] != ("string",):
            number_value = cast_number(spec, Decimal(digits))
            if is_within_limits(spec, number_value):
                weight = 0.45 + rate_label(text, code.start, code.end, spec)
                made.append(Candidate(code.start, code.end, number_value, f"{code.value} → {digits}", digits, weight))
    return made


def _find_converted(text: Text, spec: ParameterSpec, wanted: Measure | None) -> Iterator[Candidate]:
    """Lengths in another unit of the calendar or the clock than the one that is counted: "a year" is 12 months. None
    where one is said in that unit, and no rate ("50 a year") or age."""
    said = [(each, unit) for each in durations.find(text) if (unit := find_measure(each.unit)) is not None]
    for each, said_in in said if wanted not in [None, *(unit for _, unit in said)] else ():
        before = [token.low for token in text.before(each.start, 1)]
        rate = text.low[each.start] == "a" and any(map(str.isdigit, "".join(before)))
        aged = any(token.low in {"ago", "old"} for token in text.after(each.end, 1))
        if wanted is None or rate or aged:
            continue
        amount = convert_said(each.count, said_in, wanted)
        value = cast_number(spec, amount) if amount is not None else None
        if amount is None or value is None or not is_within_limits(spec, value):
            continue
        weight = 0.65 + 0.5 * rate_label(text, each.start, each.end, spec)
        how = f"{text.plain[each.start : each.end]} → {value} {wanted.name}"
        yield Candidate(each.start, each.end, value, how, f"{amount.normalize():f} {wanted.name}", weight)


_POINTING: Final = word_set("the this that these another other same which any every each")


def _stands_for_thing(text: Text, number: numerals.Number) -> bool:
    """Whether "one" stands for a thing and counts nothing: "the default one", "another one"."""
    if text.low[number.start : number.end] != "one":
        return False
    return any(token.low in _POINTING for token in text.before(number.start, 2))


_AGED: Final = re.compile(r"[\s-]{0,3}(?:years?|yrs?|yo)\b(?:[\s-]{1,3}(?:old|of\s+age)\b)?", re.IGNORECASE)


def _counts_other(text: Text, end: int, unit: str) -> bool:
    """Whether the following words make a number count another unit: "two more weeks" are never 2 days."""
    follows = [token.low for token in text.after(end, 3)]
    while follows and follows[0] in durations.BETWEEN:
        follows.pop(0)
    return bool(follows) and (
        UNITS.get(follows[0], unit) != unit or (follows[0] in durations.SECONDS and follows[0] not in UNITS)
    )


def _find_measure(text: Text, number: numerals.Number, wanted: Measure) -> Measure | None:
    """The unit after a number, if it isn't the wanted one."""
    follows = [token.low for token in text.after(number.end, 3)] if not number.unit else [number.unit]
    while follows and follows[0] in durations.BETWEEN:
        follows.pop(0)
    found = find_measure(follows[0], wanted.dimension) if follows else None
    return found if found != wanted else None


def _find_other_uses(text: Text, now: datetime) -> list[tuple[int, int]]:
    """The places where digits belong to a date, a time, an address or an amount."""
    made = [(each.start, each.end) for each in dates.find(text, now.date()) if each.whole != "year"]
    made += [(each.start, each.end) for each in times.find(text) if not each.bare]
    made += [(each.start, each.end) for each in money.find(text) if each.currency is not None]
    for kind in ("ip", "phone", "uuid", "email", "url"):
        made += [(each.start, each.end) for each in patterns.find(text, kind)]
    return made


def find_percentages(text: Text, spec: ParameterSpec) -> list[Candidate]:
    """Percentages as said: "20%" is 20, or 0.2 if the parameter's maximum is 1."""
    made: list[Candidate] = []
    share = spec.schema.get("maximum") == 1
    for number in numerals.find(text):
        percent = number.kind == "percent"
        value = number.value / 100 if share and percent else number.value
        made_value = cast_number(spec, value)
        if made_value is None or number.kind == "ordinal" or not is_within_limits(spec, made_value):
            continue
        said = text.plain[number.start : number.end]
        weight = (0.75 if percent else 0.3) + 0.5 * rate_label(text, number.start, number.end, spec)
        how = "" if said == str(made_value) else f"{said} → {made_value}"
        made.append(Candidate(number.start, number.end, made_value, how, f"{number.value.normalize():f}%", weight))
    return made


def find_sums(text: Text, spec: ParameterSpec, now: datetime) -> list[Candidate]:
    """Money. In minor units if the annotation or the description ("in cents") says so. An amount in another currency
    than the annotated one is not read: nothing is converted."""
    made: list[Candidate] = []
    unit = spec.annotation.unit
    wanted = spec.annotation.currency
    in_minor = unit is Unit.MONEY_MINOR or (unit is None and spec.minor)
    days = [(each.start, each.end) for each in dates.find(text, now.date())]
    clocks = [(each.start, each.end) for each in times.find(text)]
    for said in money.find(text):
        if not money.agrees(said, wanted):
            continue
        known = wanted or said.currency
        amount = said.amount
        value: Any
        words = text.plain[said.start : said.end]
        if in_minor and known and money.may_be_thousands(words, known):
            continue
        if in_minor:
            value = money.to_minor_units(amount, known or "USD")
            if value is not None and spec.types[:1] == ("string",):
                value = str(value)
            told = money.format_amount(amount, known)
            how = (
                ("" if words == told else f"{words} → {told}")
                if known
                else f"{words} → {value} minor units (two decimals assumed)"
            )
        else:
            value = cast_number(spec, amount)
            how = f"{words} → {value}" + (f" {known}" if known and said.currency != known else "")
            how = "" if words == str(value) else how
        if value is None or not is_within_limits(spec, value):
            continue
        weight = (0.75 if said.currency else 0.35) + 0.5 * rate_label(text, said.start, said.end, spec)
        weight += 0.5 * rate_affinity(text, said.start, spec)
        if said.currency is None and any(start <= said.start < stop for start, stop in days + clocks):
            weight -= 0.3
        if in_minor and known is None:
            weight = min(weight, 0.3)
        made.append(Candidate(said.start, said.end, value, how, money.format_amount(amount, known), weight))
    return made


def find_lengths(text: Text, spec: ParameterSpec) -> list[Candidate]:
    """Durations in the wanted unit. One that isn't a whole number of it is not read as an integer."""
    made: list[Candidate] = []
    if spec.unit is None:
        if spec.schema.get("format") == "duration":
            made += [_make_iso_length(text, each) for each in durations.find(text)]
        return made
    per = durations.SECONDS[spec.unit]
    for each in durations.find(text):
        same = UNITS.get(each.unit) == spec.unit
        years = UNITS.get(each.unit) == "years" and spec.unit == "months"
        if not same and not years and (UNITS.get(each.unit) in {"months", "years"} or spec.unit in {"months", "years"}):
            continue
        amount = each.count if same else each.count * 12 if years else each.seconds / per
        value = cast_number(spec, amount)
        if value is None or not is_within_limits(spec, value):
            continue
        said = text.plain[each.start : each.end]
        weight = 0.65 + 0.5 * rate_label(text, each.start, each.end, spec)
        after = text.after(each.end, 1)
        if after and after[0].low in {"ago", "old"}:
            weight -= 0.3
        shown = f"{amount.normalize():f} {spec.unit}"
        made.append(Candidate(each.start, each.end, value, f"{said} → {value} {spec.unit}", shown, weight))
    return made


def _make_iso_length(text: Text, each: durations.Duration) -> Candidate:
    total = int(each.seconds)
    days, rest = divmod(total, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    clock = "".join(f"{amount}{mark}" for amount, mark in ((hours, "H"), (minutes, "M"), (seconds, "S")) if amount)
    value = "P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "") if total else "PT0S"
    return Candidate(each.start, each.end, value, f"{text.plain[each.start : each.end]} → {value}", value, 0.7)


def find_currencies(text: Text, spec: ParameterSpec) -> list[Candidate]:
    """A currency's code, said alone ("in euros", "USD") or with an amount ("€20")."""
    made: list[Candidate] = []
    for token in text.tokens:
        code = token.text if token.text in money.CODES else None
        if code is None and (len(token.low) > 2 or not token.word):
            code = money.find_currency(token.low)
        plain = token.low.upper() == code and not token.text.isupper() and len(text.tokens) > 1
        near = rate_label(text, token.start, token.end, spec)
        if code is None or (plain and near < 0.2):
            continue
        before = text.before(token.start, 1)
        link = before[0].low if before else ""
        weight = 0.6 + (0.1 if link in {"in", "to", "into", "from"} else 0.0)
        # "250 euros in yen": the amount is what is converted from.
        if link in {"in", "to", "into"} and "origin" in spec.roles:
            weight -= 0.3
        elif link[:1].isdigit() or link in numerals.COUNTS:
            weight += 0.2 if "origin" in spec.roles else -0.2 if "target" in spec.roles else 0.0
        weight += 0.4 * near + 0.5 * rate_affinity(text, token.start, spec)
        how = "" if token.text == code else f"{token.text} → {code}"
        made.append(Candidate(token.start, token.end, code, how, code, weight))
    return made


def read_whole_number(words: str) -> Decimal | None:
    """These words alone as a number. A percentage is none."""
    text = Text(re.sub(r"^\s*#\s*|\s+$", "", words))
    found = numerals.find(text)
    whole = len(found) == 1 and found[0].start == 0 and found[0].end == len(text.plain) and not found[0].unit
    whole = whole and found[0].kind != "percent"
    return found[0].value if whole else None
