"""Texts in several languages: an object in a body with one text for each language, filled in one of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from registry.importing.decisions import ParameterDecision
from registry.importing.document.alternatives import Settled, Settler
from registry.importing.drafts.slot_schema import Slot
from registry.importing.kinds.fields import TITLES
from registry.json_schema.pointer import join_pointer

_CODE: Final = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,8})?\Z")
_TOLD: Final = re.compile(
    r"multi-?lingual|multi-?language|translat|internationali[sz]ed|i18n|per locale|languages", re.I
)


def guess_language(slot: Slot, settler: Settler) -> str | None:
    """The probable language of a text: English, unless the document names only others. None if it isn't a text in
    several languages."""
    if slot.place != "body" or not slot.whole or slot.form is not None:
        return None
    settled = settler.settled(slot.view)
    return _first(settled) if _is_translated(slot, settled, settler) else None


def write_in_language(slot: Slot, decision: ParameterDecision | None, settler: Settler) -> Slot:
    """The slot as one text, if a person decided its language."""
    if decision is None or decision.language is None or guess_language(slot, settler) is None:
        return slot
    schema = {"type": "string", **({"minLength": 1} if slot.required else {})}
    return replace(slot, key=slot.key + join_pointer(decision.language), schema=schema, whole=False, inside=())


def _first(settled: Settled) -> str:
    codes = [each for each in settled.children if _CODE.match(each)]
    return next((each for each in codes if each[:2] == "en"), codes[0] if codes else "en")


def _is_translated(slot: Slot, settled: Settled, settler: Settler) -> bool:
    if settled.kind != "object":
        return False
    if settled.children:
        return all(map(_CODE.match, settled.children))
    inner = settler.of(settled.view.additional) if settled.view.additional is not None else None
    if inner is None or "string" not in inner.view.types:
        return False
    return slot.words[-1].lower() in TITLES or bool(_TOLD.search(f"{settled.view.description} {slot.description}"))
