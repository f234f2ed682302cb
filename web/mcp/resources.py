"""MCP resources: cards and results of runs (``opsiq://runs/…``), and offered contracts (``opsiq://contracts/…``)."""

from __future__ import annotations

import json
from typing import Final

from mcp_types import ReadResourceResult, Resource, ResourceTemplate, TextResourceContents

from core.display_text import to_display_text
from core.errors import NotFound
from web.api.run_views import make_run_json
from web.mcp import tool_handlers
from web.mcp.calls import McpCall

RUNS: Final = "opsiq://runs/"
CONTRACTS: Final = "opsiq://contracts/"
LISTED: Final = 20
_JSON: Final = "application/json"
_MAX_NAME: Final = 200


def list_templates(scopes: frozenset[str]) -> list[ResourceTemplate]:
    every = (
        (
            "runs:read",
            ResourceTemplate(
                uri_template=RUNS + "{run_id}",
                name="run",
                title="A run with its card",
                description="One request: its question, its card with every value and its source, and what came of it.",
                mime_type=_JSON,
            ),
        ),
        (
            "contracts:read",
            ResourceTemplate(
                uri_template=CONTRACTS + "{name}",
                name="contract",
                title="An action's contract",
                description="One action as it is registered: its parameters, risk, and when a person confirms it.",
                mime_type=_JSON,
            ),
        ),
    )
    return [template for scope, template in every if scope in scopes]


async def list_recent(call: McpCall) -> list[Resource]:
    """The newest runs that the caller asked for. For an owner, everybody's."""
    if "runs:read" not in call.caller.scopes:
        return []
    runs = await call.container.runs.list_runs(call.caller.actor, limit=LISTED)
    return [
        Resource(
            uri=RUNS + run.id,
            name=run.id,
            title=to_display_text(run.text, limit=80),
            description=f"{run.state}, {run.updated_at:%Y-%m-%d %H:%M} UTC",
            mime_type=_JSON,
        )
        for run in runs
    ]


async def read(call: McpCall, uri: str) -> ReadResourceResult:
    """One resource as JSON. Raises NotFound, Forbidden."""
    if uri.startswith(RUNS):
        call.need("runs:read")
        value = make_run_json(await tool_handlers.read_run(call, uri.removeprefix(RUNS)[:_MAX_NAME]))
    elif uri.startswith(CONTRACTS):
        call.need("contracts:read")
        contract = await tool_handlers.get_offered_contract(call, uri.removeprefix(CONTRACTS))
        value = json.loads(contract.canonical)
        value.pop("endpoint", None)
    else:
        raise NotFound(f"Resources here begin with {RUNS} or {CONTRACTS}.")
    text = json.dumps(value, ensure_ascii=False)
    return ReadResourceResult(contents=[TextResourceContents(uri=uri, mime_type=_JSON, text=text)])
