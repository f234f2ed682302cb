"""The card that an AI History entry is about, as it was shown: its sentences and its values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agent.history.recorder import EntryType
from core.display_text import to_display_text
from store.history.log import HistoryRow

_WHOLE: Final = 400_000


@dataclass(frozen=True, slots=True)
class ShownValue:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class ShownCall:
    title: str
    sentence: str
    values: tuple[ShownValue, ...]


@dataclass(frozen=True, slots=True)
class ShownCard:
    """``seq`` is the entry that keeps it. ``held`` says why it was held, and is empty for a plan that nobody had to
    confirm."""

    seq: int
    calls: tuple[ShownCall, ...]
    held: tuple[str, ...]


def find_card(row: HistoryRow, of_run: Sequence[HistoryRow]) -> ShownCard | None:
    """The card of an entry: its own, or the one whose digest it names. None for other entries, and for cards that an
    earlier version kept without their words."""
    data = json.loads(row.data)
    if isinstance(data.get("plan"), dict):
        return _read_card(row.seq, data["plan"])
    digest = data.get("digest")
    for each in reversed(of_run):
        if digest and each.kind == EntryType.HELD and each.seq < row.seq:
            plan = json.loads(each.data)["plan"]
            if plan["digest"] == digest:
                return _read_card(each.seq, plan)
    return None


def _read_card(seq: int, plan: Mapping[str, Any]) -> ShownCard | None:
    calls = tuple(_read_call(each) for each in plan.get("calls", ()) if "sentence" in each)
    return ShownCard(seq, calls, tuple(to_display_text(each) for each in plan["held"])) if calls else None


def _read_call(call: Mapping[str, Any]) -> ShownCall:
    values = call["shown"].values()
    return ShownCall(
        to_display_text(call["title"]),
        to_display_text(call["sentence"], lines=True, limit=_WHOLE),
        tuple(
            ShownValue(to_display_text(each["label"]), to_display_text(each["value"], lines=True, limit=_WHOLE))
            for each in values
        ),
    )
