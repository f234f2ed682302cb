"""Groups of history entries, in which the filter offers their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agent.history.entry_text import label_entry
from agent.history.recorder import EntryType

_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Actions and connections": ("contract", "connector", "credential", "mirror", "signing"),
    "People and keys": ("workspace", "member", "password", "signed", "sign", "identity", "key"),
    "Events and rules": ("event", "reaction", "rule", "work", "instruction"),
    "Webhooks": ("webhook",),
    "Reports and exports": ("eval", "exported"),
}
"""Groups with the first words of their types' names. All other types belong to a request."""


@dataclass(frozen=True, slots=True)
class EntryOption:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class EntryGroup:
    label: str
    options: tuple[EntryOption, ...]


def group_entry_types() -> tuple[EntryGroup, ...]:
    """Every entry type once, in the order of the groups, and within a group in the order of events."""
    made: dict[str, list[EntryOption]] = {"Requests": [], **{label: [] for label in _GROUPS}}
    for each in EntryType:
        first = each.value.partition("_")[0]
        group = next((label for label, firsts in _GROUPS.items() if first in firsts), "Requests")
        made[group].append(EntryOption(each.value, label_entry(each.value)))
    return tuple(EntryGroup(label, tuple(options)) for label, options in made.items())
