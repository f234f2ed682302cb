"""Units of measure: names, dimension and exact size of each, and exact conversion within a dimension.

Months, quarters and years form their own dimension, because none is a fixed number of days. So do tons, and gallons and
pints, whose size depends on the country. Names are English and those of the locales, without accents. pint and CLDR
were considered: pint calls a month 30.4 days, imports slowly and knows only English, and CLDR converts nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from language.text import singularize, word_set

TIME: Final = "time"
CALENDAR: Final = "calendar"
MASS: Final = "mass"
LENGTH: Final = "length"
VOLUME: Final = "volume"


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit. ``size`` is in the dimension's base: seconds, months, grams, metres, litres. ``english`` are only the
    English names and abbreviations."""

    name: str
    one: str
    dimension: str
    size: Fraction
    english: tuple[str, ...]


_GRAMS: Final = "gramme grammes gramm gramo gramos grammo grammi grama gramas"
_METRES: Final = "metern metro metros metri"
_LITRES: Final = "litern litro litros litri"
# English singular, plural and abbreviations, then, after the bar, the locales' names. "_" is a space.
_TABLE: Final = (
    (TIME, "0.001", "millisecond milliseconds ms msec | millisekunde millisekunden milisegundo milisegundos"),
    (
        TIME,
        "1",
        "second seconds sec secs s | sekunde sekunden segundo segundos seconde secondes secondo secondi seconden",
    ),
    (TIME, "60", "minute minutes min mins m | minuten minuto minutos minuti minuut"),
    (TIME, "3600", "hour hours hr hrs h | stunde stunden std hora horas heure heures ora ore uur uren"),
    (
        TIME,
        "86400",
        "day days d night nights calendar_days | tag tage tagen dia dias jour jours giorno giorni dag dagen",
    ),
    (TIME, "604800", "week weeks wk wks w | woche wochen semana semanas semaine semaines settimana settimane weken"),
    (TIME, "1209600", "fortnight fortnights |"),
    (
        CALENDAR,
        "1",
        "month months mo mos calendar_months | monat monate monaten mes meses mois mese mesi maand maanden",
    ),
    (CALENDAR, "3", "quarter quarters | quartal quartale quartalen trimestre trimestres trimestri kwartaal kwartalen"),
    (
        CALENDAR,
        "6",
        "half-year half-years half_year half_years | halbjahr halbjahre semestre semestres semestri halfjaar",
    ),
    (CALENDAR, "12", "year years yr yrs | jahr jahre jahren ano anos annee annees ans anno anni jaar jaren"),
    (MASS, "0.000001", "microgram micrograms mcg ug | mikrogramm"),
    (MASS, "0.001", "milligram milligrams mg | {milli|mili}" + _GRAMS),
    (MASS, "1", f"gram grams g gr | {_GRAMS}"),
    (MASS, "1000", "kilogram kilograms kg kgs kilo kilos | {kilo|chilo|quilo}" + _GRAMS + " quilo quilos chilo chili"),
    (MASS, "1000000", "tonne tonnes t metric_ton metric_tons | tonnen tonelada toneladas tonnellata tonnellate"),
    (MASS, "28.349523125", "ounce ounces oz | unze unzen"),
    (MASS, "453.59237", "pound pounds lb lbs |"),
    (MASS, "6350.29318", "stone stones |"),
    ("tons", "1", "ton tons |"),
    (LENGTH, "0.001", "millimetre millimetres mm millimeter millimeters | {milli|mili}" + _METRES),
    (LENGTH, "0.01", "centimetre centimetres cm centimeter centimeters | {centi|zenti}" + _METRES + " zentimeter"),
    (LENGTH, "1", f"metre metres m meter meters | {_METRES}"),
    (
        LENGTH,
        "1000",
        "kilometre kilometres km kms kilometer kilometers | {kilo|chilo|quilo}" + _METRES,
    ),
    (LENGTH, "0.0254", "inch inches | zoll pulgada pulgadas pouce pouces pollice pollici polegada polegadas"),
    (LENGTH, "0.3048", "foot feet ft |"),
    (LENGTH, "0.9144", "yard yards yd yds | yarda yardas jarda jardas"),
    (LENGTH, "1609.344", "mile miles mi | meile meilen milla millas miglio miglia milha milhas"),
    (LENGTH, "1852", "nautical_mile nautical_miles nmi | seemeile seemeilen"),
    (VOLUME, "0.001", "millilitre millilitres ml milliliter milliliters | {milli|mili}" + _LITRES),
    (VOLUME, "0.01", "centilitre centilitres cl centiliter centiliters | {centi|zenti}" + _LITRES + " zentiliter"),
    (VOLUME, "1", f"litre litres l liter liters ltr | {_LITRES}"),
    (VOLUME, "1000", "cubic_metre cubic_metres cubic_meter cubic_meters m3 m³ | kubikmeter"),
    ("gallons", "8", "gallon gallons gal |"),
    ("gallons", "2", "quart quarts qt |"),
    ("gallons", "1", "pint pints |"),
)
_CONTAINERS: Final = word_set(
    "set bag bale bar barrel basket bottle box bucket bunch bundle can carton case crate cup drum jar keg pack package "
    "packet pair pallet pot pouch punnet ream reel roll sachet sack sheet spool stack strip tin tray tub tube vial"
)
_PIECES: Final = word_set("piece unit item")
"""What each single thing is called."""
_DIGITS: Final = Context(prec=60)


def _list_names(row: str) -> Iterable[str]:
    for word in row.replace("|", " ").split() if "{" not in row else ():
        yield word.replace("_", " ")
    if "{" in row:  # "{kilo|chilo}gramo metro": each prefix before each of the words behind it
        plain, _, rest = row.partition("{")
        prefixes, _, words = rest.partition("}")
        yield from _list_names(plain)
        stems = [word for word in words.split() if word in f"{_GRAMS} {_METRES} {_LITRES}".split()]
        yield from (prefix + word for prefix in prefixes.split("|") for word in stems)
        yield from (word for word in words.split() if word not in stems)


def _read_table() -> tuple[Measure, ...]:
    made = []
    for dimension, size, row in _TABLE:
        english = tuple(word.replace("_", " ") for word in row.partition("|")[0].split())
        made.append(Measure(english[1], english[0], dimension, Fraction(size), english))
    return tuple(made)


MEASURES: Final = _read_table()
_BY_WORD: Final[dict[str, tuple[Measure, ...]]] = {}
for _measure, (_, _, _row) in zip(MEASURES, _TABLE, strict=True):
    for _word in dict.fromkeys(_list_names(_row)):
        _BY_WORD[_word] = (*_BY_WORD.get(_word, ()), _measure)


def fold(word: str) -> str:
    plain = word.casefold()
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    return re.sub(r"[\s_]+", " ", plain).strip(" .-")


def find_measure(word: str | None, dimension: str | None = None) -> Measure | None:
    """The unit that a word names. ``dimension`` decides if a word names several ("m"). None for any other word."""
    if word is None:
        return None
    known = _BY_WORD.get(fold(word), ())
    of_it = [each for each in known if each.dimension == dimension]
    return of_it[0] if of_it else known[0] if len(known) == 1 else None


def counts_in(word: str, *, of: bool) -> bool:
    """Whether a word in small letters behind a number says in what things are counted: a metric unit, and before "of"
    any unit but of time, or what they come in ("boxes")."""
    found = find_measure(word)
    if found is None:
        return of and singularize(word) in _CONTAINERS | _PIECES
    return found.dimension not in (TIME, CALENDAR) and (of or found.name.endswith(("grams", "metres", "litres")))


def counts_singly(word: str) -> bool:
    """Whether a word in small letters calls each single thing something: "4 pieces of soap"."""
    return singularize(word) in _PIECES


def is_same_unit(one: str, other: str) -> bool:
    """Whether two words are forms of one unit or container: "m" and "metres", "box" and "boxes"."""
    first, second = one.casefold(), other.casefold()
    held = find_measure(second)
    return singularize(first) == singularize(second) or (
        held is not None and find_measure(first, held.dimension) == held
    )


def convert(number: Decimal, held: Measure, wanted: Measure) -> Decimal | None:
    """A number of one unit as the same of another. None if that is no finite decimal, or another dimension."""
    if held.dimension != wanted.dimension:
        return None
    exact = Fraction(number) * held.size / wanted.size
    made = _DIGITS.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return made if Fraction(made) == exact else None


def convert_said(number: Decimal, held: Measure, wanted: Measure) -> Decimal | None:
    """Like ``convert``, for what somebody said. None for a part of a day in hours: half a day is seldom twelve."""
    part_of_day = held.name == "days" and wanted.size < held.size and number != int(number)
    return None if part_of_day else convert(number, held, wanted)


def format_measure(number: Decimal, measure: Measure) -> str:
    """``1 month``, ``2.5 feet``."""
    return f"{number.normalize():f} {measure.one if number == 1 else measure.name}"
