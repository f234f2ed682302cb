"""Money in a document: which integers are in minor units, and of which currency."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from language.currencies import find_by_name, is_code
from language.stems import KIN, stem
from registry.importing.drafts import words

_SAID: Final = re.compile(
    r"\bminor units?\b|\bsmallest (?:currency |monetary |common )?(?:currency )?unit"
    r"|(?:\A|\b(?:in|as) )(?:the )?(?:[a-z]+ ){0,2}(?:cents|pence)\b", re.I
)  # fmt: skip
_OF: Final = re.compile(r"\b((?:[A-Za-z]+ ){1,2})cents\b", re.I)
_CODE: Final = re.compile(r"\b([A-Z]{3}) cents\b|\(([A-Z]{3})\)")

_MONEY: Final = KIN[stem("price")] | {stem("price")}
_UNITS: Final = ("money", "money_minor")


def list_unsaid_money(contract: Mapping[str, Any]) -> tuple[str, ...]:
    """The numbers of a drafted contract that are money, by their unit or their name, in a currency that nothing
    says. None if another parameter is the currency."""
    properties, notes = contract["parameters"]["properties"], contract.get("annotations") or {}
    said = {name: words.split_words(name) for name in properties}
    if any(parts[-1:] == ("currency",) for parts in said.values()):
        return ()
    found: list[str] = []
    for name, schema in properties.items():
        note = notes.get(name) or {}
        by_name = stem((said[name] or ("",))[-1]) in _MONEY and not {"unit", "record"} & note.keys()
        by_unit = note.get("unit") in _UNITS and not {"currency", "currency_from"} & note.keys()
        if schema.get("type") in ("integer", "number") and (by_name or by_unit):
            found.append(name)
    return tuple(found)


def is_minor_units(name: str, description: str) -> bool:
    """Whether the document says that an integer is in cents: ``price_cents``, "Net price in euro cents.\""""
    return words.split_words(name)[-1:] in (("cents",), ("pence",)) or bool(_SAID.search(description))


def find_currency(description: str) -> str | None:
    """The one currency that a description names: "in euro cents", "in cents (USD)". None for none and for several."""
    found = {code for pair in _CODE.findall(description) for code in pair if code and is_code(code)}
    for said in _OF.findall(description):
        parts = said.split()
        ends = [" ".join(parts[start:]) for start in range(len(parts))]
        found |= {code for each in ends if (code := find_by_name(each) or find_by_name(f"{each} dollars")) is not None}
    return found.pop() if len(found) == 1 else None
