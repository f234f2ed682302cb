"""Labels of history entries: what each type is to a person, and the groups in which the filter offers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agent.history.recorder import EntryType

_LABELS: Final[Mapping[EntryType, str]] = {
    EntryType.PROMPT: "request",
    EntryType.RESOLVED: "request read",
    EntryType.ASKED: "question asked",
    EntryType.ANSWERED: "question answered",
    EntryType.EDITED: "value changed",
    EntryType.HELD: "card to confirm",
    EntryType.APPROVED: "approved by one of two",
    EntryType.AUTO_CONFIRMED: "no confirmation needed",
    EntryType.DRIFTED: "changed since the card",
    EntryType.ABSTAINED: "no action fits",
    EntryType.REPLIED: "answer given",
    EntryType.EXPIRED: "card expired",
    EntryType.SIGNING_KEY_ROTATED: "signing key changed",
    EntryType.CALL_BEGUN: "sending begun",
    EntryType.CALL_ATTEMPTED: "call sent",
    EntryType.CALL_SETTLED: "call finished",
    EntryType.TAKEN_UP: "taken up again",
    EntryType.RECONCILED: "outcome looked up",
    EntryType.FINISHED: "run finished",
    EntryType.DECIDED: "outcome decided by a person",
    EntryType.CONFIRM_REFUSED: "confirmation refused",
    EntryType.CONNECTOR_CONFIGURED: "connection configured",
    EntryType.CONNECTOR_SECRET_SHARED: "signing secret shared",
    EntryType.MIRROR_BEGUN: "copying of records begun",
    EntryType.SIGN_IN_REFUSED: "sign-in refused",
    EntryType.IDENTITY_LINKED: "sign-in account linked",
    EntryType.IDENTITY_UNLINKED: "sign-in account unlinked",
    EntryType.RULE_PARKED: "rule set aside",
    EntryType.WORK_PARKED: "work set aside",
    EntryType.REACTION_FAILED: "reaction to an event failed",
    EntryType.WEBHOOK_ROTATED: "webhook secret changed",
    EntryType.WEBHOOK_RESENT: "webhook sent again",
    EntryType.KEY_ROTATED: "key replaced",
}
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Actions and connections": ("contract", "connector", "credential", "mirror", "signing"),
    "People and keys": ("workspace", "member", "password", "signed", "sign", "identity", "key"),
    "Events and rules": ("event", "reaction", "rule", "work", "instruction"),
    "Webhooks": ("webhook",),
    "Reports and exports": ("eval", "exported"),
}
"""Each with the first words of its types' names; all other types are a request's."""


@dataclass(frozen=True, slots=True)
class EntryOption:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class EntryGroup:
    label: str
    options: tuple[EntryOption, ...]


def label_of_entry(kind: str) -> str:
    """``call_settled`` → “call finished”. A type of a later version is said by its name."""
    known = next((each for each in EntryType if each.value == kind), None)
    return _LABELS.get(known, kind.replace("_", " ")) if known else kind.replace("_", " ")


def group_entry_types() -> tuple[EntryGroup, ...]:
    """Every type once, in the order of the groups; within a group in the order in which they happen."""
    made: dict[str, list[EntryOption]] = {"Requests": [], **{label: [] for label in _GROUPS}}
    for each in EntryType:
        first = each.value.partition("_")[0]
        group = next((label for label, firsts in _GROUPS.items() if first in firsts), "Requests")
        made[group].append(EntryOption(each.value, label_of_entry(each.value)))
    return tuple(EntryGroup(label, tuple(options)) for label, options in made.items())
