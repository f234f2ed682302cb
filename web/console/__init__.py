"""Pages: where admins ask, owners govern and audit."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import FastAPI

from web.console import (
    account,
    asking,
    connect,
    connectors,
    contracts,
    deliveries,
    drafts,
    endpoint,
    endpoints,
    entry,
    eval_compare,
    eval_report,
    evals,
    event,
    event_types,
    events,
    guesses,
    history,
    history_entry,
    history_views,
    insights,
    instructions,
    issuer,
    join,
    keys,
    members,
    pages,
    progress,
    rehearsal,
    rule_builder,
    rules,
    runs,
    trouble,
)
from web.console.visitor import SignInNeeded

ROUTERS: Final = (
    entry.router,
    asking.router,
    progress.router,
    runs.router,
    history_views.router,
    history.router,
    history_entry.router,
    insights.router,
    keys.router,
    deliveries.router,
    endpoints.router,
    endpoint.router,
    contracts.router,
    drafts.router,
    rehearsal.router,
    event_types.router,
    events.router,
    event.router,
    instructions.router,
    rule_builder.router,
    rules.router,
    members.router,
    join.router,
    account.router,
    issuer.router,
    connect.router,
    connectors.router,
    evals.router,
    eval_compare.router,
    eval_report.router,
)


def install(app: FastAPI) -> None:
    """The console's routes, its static files, and what a page answers to who is not signed in."""
    app.state.founding = asyncio.Lock()
    app.state.sign_in_lanes = guesses.Lanes.new()
    app.state.draw_problem = trouble.draw
    app.mount("/static", pages.Static(directory=pages.STATIC), name="static")
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(SignInNeeded, entry.to_sign_in)
