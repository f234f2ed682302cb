"""Event catalogue page, for everybody: universal events, searchable, with a page for each type."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from core.actor import OWNER
from core.display_text import to_display_text
from core.errors import NotFound
from registry.events import event_catalogue
from registry.events.event_catalogue import EventType
from web.console.pages import Page, show
from web.console.session import SignedIn, make_shell

router = APIRouter(prefix="/events/types", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class EventTypeRow:
    name: str
    title: str
    fields: str


@dataclass(frozen=True, slots=True)
class Category:
    name: str
    lines: tuple[EventTypeRow, ...]


@dataclass(frozen=True, kw_only=True)
class TypesPage(Page):
    template: ClassVar[str] = "event_types.html"
    q: str
    categories: tuple[Category, ...]
    count: int
    of: int
    may_fire: bool


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True, kw_only=True)
class TypePage(Page):
    template: ClassVar[str] = "event_type.html"
    name: str
    category: str
    description: str
    fields: tuple[Field, ...]
    schema: str
    sample: str
    may_fire: bool


@router.get("")
async def show_types(request: Request, visitor: SignedIn, q: Annotated[str, Query(max_length=100)] = "") -> Response:
    words = q.casefold().split()
    every = event_catalogue.load_event_types().values()
    found = [each for each in every if all(word in _searchable_text(each) for word in words)]
    groups: dict[str, list[EventTypeRow]] = {}
    for each in found:
        groups.setdefault(event_catalogue.name_category(each.category), []).append(
            EventTypeRow(each.name, each.description, ", ".join(_required(each)))
        )
    page = TypesPage(
        shell=make_shell(request, visitor),
        title="Event catalogue",
        q=to_display_text(q, limit=100),
        categories=tuple(Category(name, tuple(lines)) for name, lines in groups.items()),
        count=len(found),
        of=len(every),
        may_fire=visitor.actor.role == OWNER,
    )
    return show(request, page)


@router.get("/{event_type}")
async def show_type(request: Request, visitor: SignedIn, event_type: str) -> Response:
    found = event_catalogue.get(event_type)
    if found is None:
        raise NotFound("That is not in the catalogue. A custom name may be fired as well, and carries any JSON object.")
    page = TypePage(
        shell=make_shell(request, visitor),
        title=found.name,
        name=found.name,
        category=event_catalogue.name_category(found.category),
        description=found.description,
        fields=tuple(_field(name, each, _required(found)) for name, each in found.schema.get("properties", {}).items()),
        schema=json.dumps(dict(found.schema), ensure_ascii=False, indent=2),
        sample=json.dumps(dict(found.sample), ensure_ascii=False, indent=2),
        may_fire=visitor.actor.role == OWNER,
    )
    return show(request, page)


def _searchable_text(each: EventType) -> str:
    fields = " ".join(each.schema.get("properties", ()))
    return f"{each.name} {each.title} {each.description} {each.category} {fields}".casefold()


def _required(each: EventType) -> list[str]:
    return list(each.schema.get("required", ()))


def _field(name: str, schema: Any, required: list[str]) -> Field:
    types = schema.get("type", "any")
    told = types if isinstance(types, str) else " or ".join(each for each in types if each != "null")
    if schema.get("format"):
        told += f", {schema['format']}"
    return Field(name, told, name in required, schema.get("description", ""))
