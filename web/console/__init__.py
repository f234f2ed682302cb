"""Console: pages on which people ask, and owners manage and audit."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import FastAPI

from web import shared_routes
from web.console import error_page, pages, session
from web.console.account import account, join, login_throttle, sign_in, sso
from web.console.automations import instructions, rule_builder, rules
from web.console.connectors import connect, connectors, credentials
from web.console.contracts import contracts, drafts
from web.console.evals import eval_compare, eval_report, evals
from web.console.events import event, event_types, events
from web.console.history import history, history_entry, history_views, insights
from web.console.imports import imports, review
from web.console.keys import keys
from web.console.members import members
from web.console.runs import ask, progress, runs, simulation
from web.console.session import SignInNeeded
from web.console.webhooks import deliveries, endpoint, endpoints

ROUTERS: Final = (
    sign_in.router,
    ask.router,
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
    imports.router,
    review.router,
    simulation.router,
    event_types.router,
    events.router,
    event.router,
    instructions.router,
    rule_builder.router,
    rules.router,
    members.router,
    join.router,
    account.router,
    sso.router,
    connect.router,
    credentials.router,
    connectors.router,
    evals.router,
    eval_compare.router,
    eval_report.router,
)


def install(app: FastAPI) -> None:
    """Installs the console's routes, its static files, and the redirect to sign-in."""
    app.state.founding = asyncio.Lock()
    app.state.sign_in_lanes = login_throttle.Lanes.new()
    app.state.draw_problem = error_page.draw_error
    app.state.recognize = session.find_visitor
    app.mount("/static", pages.Static(directory=pages.STATIC), name="static")
    for router in ROUTERS:
        shared_routes.add_routes(app, router)
    app.add_exception_handler(SignInNeeded, sign_in.redirect_to_sign_in)
