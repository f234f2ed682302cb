"""Form options for rules and instructions: events, their fields, and the actions that a person may run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.events.events
from agent.workspace.context import WorkspaceContext
from core.actor import SURFACES, Actor, Surface
from core.display_text import to_display_text
from core.errors import InvalidInput
from events.automations.rules import list_past_events
from registry.events import event_catalogue, event_fields, event_names
from registry.events.event_fields import EventField
from registry.offers.offer import Offer, sort_by_title
from web.console.automations.automation_form import OTHER
from web.console.forms import FormOption

MOST_ACTIONS: Final = 40
"""Above this number, actions are searched instead of listed."""
_LOOKED_AT: Final = 20
_SURFACES: Final = {"admin": "admins' requests", "customer": "customers' requests", "writing": "writing"}


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Options under a heading."""

    label: str
    options: tuple[FormOption, ...]


@dataclass(frozen=True, slots=True)
class ActionOptions:
    """Actions that a form offers. ``groups`` are the ones to choose from: all actions, or if there are ``many``, those
    that the search found and those already chosen."""

    groups: tuple[OptionGroup, ...]
    many: bool
    find: str
    count: int


@dataclass(frozen=True, slots=True)
class EventFields:
    """Known fields of the events that match a pattern."""

    fields: Sequence[EventField]
    names: Sequence[str]


async def find_event_fields(session: AsyncSession, workspace: str, pattern: str) -> EventFields:
    """Fields of matching events, from the catalogue and from the newest received ones. Also received names that no
    catalogue has."""
    names = [
        each for each in await store.events.events.recent_names(session, workspace) if event_catalogue.get(each) is None
    ]
    try:
        event_names.check_pattern(pattern)
    except InvalidInput:
        return EventFields(event_fields.ENVELOPE, names)
    came = await list_past_events(session, workspace, pattern, limit=_LOOKED_AT)
    return EventFields(event_fields.list_pattern_fields(pattern, (each.data for each in came)), names)


def list_events(chosen: str, own: bool, names: Iterable[str]) -> tuple[OptionGroup, ...]:
    """Event options: the catalogue by category, received custom names, and a pattern that the person types."""
    groups: dict[str, list[FormOption]] = {}
    for each in event_catalogue.load_event_types().values():
        groups.setdefault(event_catalogue.name_category(each.category), []).append(
            FormOption(each.name, each.name, each.name == chosen and not own)
        )
    known = {option.value for options in groups.values() for option in options}
    others = list(dict.fromkeys([*names, *([chosen] if chosen and not own and chosen not in known else [])]))
    if others:
        groups["your own"] = [FormOption(each, each, each == chosen and not own) for each in others]
    groups["several"] = [FormOption(OTHER, "a pattern, such as invoice.* …", own)]
    return tuple(OptionGroup(label, tuple(options)) for label, options in groups.items())


def list_actions(
    context: WorkspaceContext, actor: Actor, surface: Surface, find: str, chosen: Sequence[str]
) -> ActionOptions:
    """Actions that this person may run on this surface."""
    shortlist = context.shortlist(actor, surface)
    many = len(shortlist) > MOST_ACTIONS
    offers: list[Offer] = sort_by_title(shortlist.offers)
    if many:
        found = [each.offer for each in shortlist.top(find, MOST_ACTIONS)] if find else offers[:MOST_ACTIONS]
        kept = [offer for name in chosen if (offer := shortlist.get(name)) is not None]
        offers = list({each.name: each for each in (*kept, *found)}.values())
    groups: dict[str, list[FormOption]] = {}
    for each in offers:
        option = FormOption(each.name, to_display_text(each.title, limit=120), each.name in chosen)
        groups.setdefault(each.name.partition(".")[0], []).append(option)
    return ActionOptions(
        tuple(OptionGroup(label, tuple(each)) for label, each in groups.items()), many, find, len(shortlist)
    )


def list_surfaces(chosen: str) -> tuple[FormOption, ...]:
    return tuple(FormOption(each, _SURFACES[each], each == chosen) for each in SURFACES)
