"""Saved views of AI History: a filter under a name, for oneself or for all owners."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

import store.history.views
from core import ids
from core.actor import Actor
from core.display_text import to_display_text
from core.errors import InvalidInput
from store.history.views import HistoryViewRow
from web.auth import get_container
from web.console.forms import GuardedOwner
from web.console.history.history_filter import HistoryFilter
from web.console.pages import redirect
from web.console.wall_clock import NOWHERE

router = APIRouter(prefix="/history/views", include_in_schema=False)

MOST_CHARS = 60


@dataclass(frozen=True, slots=True)
class View:
    """A saved view in the page's list. ``shared_by`` is the owner who shares it, empty for the visitor's own unshared
    views. ``here``: the page shows it now."""

    id: str
    name: str
    query: str
    shared_by: str
    here: bool


async def list_views(session: AsyncSession, actor: Actor, query: str) -> tuple[View, ...]:
    rows = await store.history.views.visible_views(session, actor.workspace, actor.person)
    return tuple(
        View(
            each.id,
            to_display_text(each.name, limit=MOST_CHARS),
            each.query,
            to_display_text(each.person_name, limit=60) if each.shared else "",
            each.query == query,
        )
        for each in rows
    )


@router.post("")
async def keep(request: Request, form: GuardedOwner) -> Response:
    container, actor = get_container(request), form.member.actor
    query = parse_filter(form.get("query", limit=2000)).query
    name = form.get("name", limit=400).strip()
    if not query:
        raise InvalidInput("Filter first: a view of everything is the page itself.")
    if not name or len(name) > MOST_CHARS:
        raise InvalidInput(f"A view's name has 1 to {MOST_CHARS} characters.")
    row = HistoryViewRow(
        id=ids.make_id("hvw"),
        workspace=actor.workspace,
        person=actor.person,
        person_name=actor.name,
        name=name,
        query=query,
        shared=form.get("shared") == "yes",
        created_at=container.clock(),
    )
    async with container.database.begin() as session:
        await store.history.views.save_view(session, row)
    return redirect(f"/history?{query}")


@router.post("/{view_id}/delete")
async def delete(request: Request, form: GuardedOwner, view_id: str) -> Response:
    container, actor = get_container(request), form.member.actor
    query = parse_filter(form.get("query", limit=2000)).query
    async with container.database.begin() as session:
        await store.history.views.remove(session, actor.workspace, actor.person, view_id)
    return redirect(f"/history?{query}" if query else "/history")


def parse_filter(query: str) -> HistoryFilter:
    """The filter of an address. Raises InvalidInput for an address that the page itself would not write."""
    try:
        given = dict(parse_qsl(query, strict_parsing=True, max_num_fields=20)) if query else {}
        chosen = HistoryFilter(**given)
    except (ValueError, TypeError) as error:
        raise InvalidInput("This is no filter of the history.") from error
    _ = chosen.filters(NOWHERE)  # raises for invalid days
    return chosen
