"""Card preview of a contract's draft: its card, with the name of each value instead of the value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.display_text import to_display_text
from core.errors import InvalidInput
from registry import preview as template
from registry.contract import Contract
from web.console import labels as display_labels
from web.console.contracts.contracts import CONFIRM_BY, POLICIES
from web.console.labels import Badge


@dataclass(frozen=True, slots=True)
class PreviewSlot:
    label: str
    form: str


@dataclass(frozen=True, slots=True)
class CardPreview:
    """The card of a draft, with the name of each value instead of the value."""

    title: str
    preview: str
    risk: Badge
    policy: Badge
    by: Badge
    url: str
    slots: tuple[PreviewSlot, ...]


def preview_card(contract: Contract | None) -> CardPreview | None:
    if contract is None:
        return None
    labels = {name: contract.annotation(name).label or name.replace("_", " ") for name in contract.properties}
    line = contract.title
    if contract.preview:
        try:
            line = template.render(contract.preview, {n: f"‹{label}›" for n, label in labels.items()}, _Records())
        except InvalidInput as error:
            line = error.detail
    return CardPreview(
        title=to_display_text(contract.title),
        preview=to_display_text(line),
        risk=display_labels.RISKS[contract.risk],
        policy=POLICIES[contract.confirmation.policy],
        by=CONFIRM_BY[contract.confirm_by],
        url=to_display_text(contract.endpoint.target),
        slots=tuple(
            PreviewSlot(to_display_text(labels[name]), "required" if name in contract.required else "optional")
            for name in contract.properties
        ),
    )


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Named(dict[str, Any]):
    """Stands for any record: each field's value is the field's own name."""

    def __missing__(self, key: str) -> str:
        return f"‹{key.replace('_', ' ')}›"


class _Records(dict[str, Any]):
    def __missing__(self, key: str) -> _Named:
        return _Named()
