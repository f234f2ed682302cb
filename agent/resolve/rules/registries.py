"""What kinds of actions a registry has, connection by connection: which reader its requests are for, and which plans
for a platform's own API nothing confirms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from agent.pipeline import Ask, Draft, Proposed, Resolution
from agent.planning.proposal import Call, PlanResult, RecordArgument, UndoResult
from agent.resolve.rules.api_orders.words import find_verbs
from agent.validate.questions import ask_for_action
from language.stems import makes_anew
from registry.contract import Risk
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

FUNCTIONS: Final = 0.25
"""From this share of look-ups and lists on, a connection's actions are taken for a library of functions."""


@dataclass(frozen=True, slots=True)
class Registry:
    """What kinds of actions it has, connection by connection.

    - ``functions``: each connection is a library of functions (look-ups, lists, any records) rather than of actions on
      records. The words carry such calls and have their own reader.
    - ``imported``: many changes of a connection are calls of a platform's own API that name a record of a kind. It is
      then a platform, however much of it can be looked up.
    - ``api``: most changes are calls of a platform's own API. If none names a record of a kind, no live data confirms
      the reading, and a change is asked about.
    - ``look_ups``: the actions that change nothing.
    """

    functions: bool
    imported: bool
    api: bool
    look_ups: Shortlist


_REGISTRIES: Final = WeakKeyDictionary[Shortlist, Registry]()


def describe_registry(shortlist: Shortlist) -> Registry:
    """Looks at every offer, so it is kept for as long as the shortlist is."""
    if (known := _REGISTRIES.get(shortlist)) is not None:
        return known
    connections: dict[str | None, list[Offer]] = {}
    for offer in shortlist.offers:
        connections.setdefault(offer.connection, []).append(offer)
    imported = [_is_imported(offers) for offers in connections.values()]
    functions = [sum(map(_is_function, offers)) > FUNCTIONS * len(offers) for offers in connections.values()]
    changes = [offer for offer in shortlist.offers if offer.risk is not Risk.READ]
    made = Registry(
        functions=bool(connections)
        and all(each and not platform for each, platform in zip(functions, imported, strict=True)),
        imported=any(imported),
        api=sum(offer.own_api for offer in changes) > len(changes) / 2,
        look_ups=Shortlist([offer for offer in shortlist.offers if offer.risk is Risk.READ], role=shortlist.role),
    )
    _REGISTRIES[shortlist] = made
    return made


def _is_imported(offers: Sequence[Offer]) -> bool:
    changes = [offer for offer in offers if offer.risk is not Risk.READ]
    return sum(offer.own_api and _names_record(offer) for offer in changes) > FUNCTIONS * len(changes)


def _is_function(offer: Offer) -> bool:
    return offer.risk is Risk.READ or _takes_lists(offer)


def _names_record(offer: Offer) -> bool:
    return any(offer.annotation(name).record for name in offer.properties)


def _takes_lists(offer: Offer) -> bool:
    lists = any(isinstance(each, Mapping) and each.get("type") == "array" for each in offer.properties.values())
    return lists or any(offer.annotation(name).like is not None for name in offer.properties)


def continues(meant: Resolution | Proposed) -> bool:
    """Whether it takes back or corrects calls of its thread."""
    if not isinstance(meant, Proposed):
        return False
    result = meant.proposal.result
    return isinstance(result, UndoResult) or (isinstance(result, PlanResult) and bool(result.replaces))


def ask_if_open(meant: Resolution | Proposed, shortlist: Shortlist) -> Resolution | Proposed:
    """Asks about a plan for a platform's own API whose reading nothing confirms: it names no record of what it changes,
    or a record and nothing that shall change."""
    if not isinstance(meant, Proposed) or not isinstance(meant.proposal.result, PlanResult):
        return meant
    calls = meant.proposal.result.calls
    offers = [offer for call in calls if (offer := shortlist.get(call.action)) is not None]
    if not any(map(_is_open, calls, offers)):
        return meant
    once = [*{each.name: each for each in offers}.values()]
    drafts = tuple(Draft(action=each.name, version=each.version) for each in once)
    return Ask(question=ask_for_action(once, "Is this what you mean?"), drafts=drafts)


def _is_open(call: Call, offer: Offer) -> bool:
    if not offer.own_api or offer.risk is Risk.READ or offer.list_missing(call.arguments):
        return False
    records = [isinstance(each, RecordArgument) for each in call.arguments.values()]
    if not any(records):
        return not makes_anew(offer.title)
    return all(records) and len(records) < len(offer.properties) and find_verbs(offer).changes
