"""MCP server on the official SDK: streamable HTTP without sessions, for clients of 2026-07-28 and of 2025-11-25 and
earlier."""

from __future__ import annotations

import asyncio
import importlib.metadata
import logging
from collections.abc import Awaitable
from typing import Any, Final, TypeVar

from mcp.server.caching import CacheHint
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    ElicitResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
)
from pydantic import ValidationError
from starlette.types import Receive, Scope, Send

from agent.runs.states import as_asked
from core.crypto.secretbox import SecretBox
from core.errors import NotFound, OpsIQError, Unavailable
from web.mcp import request_state, resources, results, rounds, tasks, tool_handlers
from web.mcp.arguments import (
    AnswerArguments,
    AskArguments,
    FindArguments,
    RunArguments,
    StatusArguments,
    parse_arguments,
)
from web.mcp.calls import TASKS, McpCall, make_call
from web.mcp.tools import GENERAL, INSTRUCTIONS, make_tools
from web.middleware import MAX_BODY_BYTES
from web.problem import BROKE, Problem

log = logging.getLogger(__name__)

_LISTS: Final = CacheHint(ttl_ms=30_000, scope="private")
_T = TypeVar("_T")
Context = ServerRequestContext[Any, Any]


async def list_tools(ctx: Context, _: PaginatedRequestParams | None) -> ListToolsResult:
    call = make_call(ctx)
    direct, anything = await tool_handlers.list_direct_actions(call)
    return ListToolsResult(tools=list(make_tools(call.caller.scopes, direct, anything=anything)))


async def call_tool(ctx: Context, params: CallToolRequestParams) -> rounds.Answer:
    """Calls a tool. Faults of the arguments, a missing right and refusals of a service become results that a model can
    read."""
    try:
        return await _tool(make_call(ctx), params)
    except OpsIQError as error:
        return results.make_error_result(error)


async def _tool(call: McpCall, params: CallToolRequestParams) -> rounds.Answer:
    if params.request_state is not None:
        return await rounds.resume(call, params.request_state, params.input_responses)
    match params.name:
        case "ask":
            return await rounds.settle(
                call, await tool_handlers.ask(call, parse_arguments(AskArguments, params.arguments))
            )
        case "find_action":
            return await tool_handlers.find_action(call, parse_arguments(FindArguments, params.arguments))
        case "run_action":
            return await rounds.settle(
                call, await tool_handlers.run_action(call, parse_arguments(RunArguments, params.arguments))
            )
        case "answer_question":
            given = parse_arguments(AnswerArguments, params.arguments)
            return await rounds.settle(call, await tool_handlers.answer_question(call, given))
        case "run_status":
            call.need("runs:read")
            asked = parse_arguments(StatusArguments, params.arguments)
            run = await tool_handlers.read_run(call, asked.run_id, wait_s=asked.wait_s, decided=True)
            return results.make_run_result(run, call.container.settings.base_url)
        case name:
            call.need("actions:run")
            action = await tool_handlers.find_direct_action(call, name)
            given_values = parse_arguments(RunArguments, {"action": action, "params": params.arguments or {}})
            return await rounds.settle(call, await tool_handlers.run_action(call, given_values))


async def list_resources(ctx: Context, _: PaginatedRequestParams | None) -> ListResourcesResult:
    return ListResourcesResult(resources=await _answer_or_explain(resources.list_recent(make_call(ctx))))


async def list_templates(ctx: Context, _: PaginatedRequestParams | None) -> ListResourceTemplatesResult:
    return ListResourceTemplatesResult(resource_templates=resources.list_templates(make_call(ctx).caller.scopes))


async def read_resource(ctx: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
    return await _answer_or_explain(resources.read(make_call(ctx), str(params.uri)))


async def get_task(ctx: Context, params: tasks.TaskParams) -> dict[str, Any]:
    call = make_call(ctx)
    return await _answer_or_explain(_task(call, params.task_id))


async def _task(call: McpCall, run_id: str) -> dict[str, Any]:
    call.need("runs:read")
    run = await tool_handlers.read_run(call, run_id)
    base_url = call.container.settings.base_url
    asked, requests = as_asked(run), {}
    if run.state == "held" and call.takes_urls:
        requests[rounds.CARD] = rounds.make_card_request(run, base_url)
    elif asked is not None and call.takes_forms:
        requests[rounds.QUESTION] = rounds.make_question_request(asked.question)
    shown = {key: each.model_dump(mode="json", by_alias=True, exclude_none=True) for key, each in requests.items()}
    return tasks.describe_task(run, results.make_run_result(run, base_url), shown)


async def update_task(ctx: Context, params: tasks.UpdateTaskParams) -> dict[str, Any]:
    call = make_call(ctx)
    await _answer_or_explain(_update(call, params))
    return {}


async def _update(call: McpCall, params: tasks.UpdateTaskParams) -> None:
    call.need("runs:write")
    said = params.input_responses
    card, answer = said.get(rounds.CARD), said.get(rounds.QUESTION)
    if isinstance(card, ElicitResult) and card.action == "decline":
        await tool_handlers.cancel(call, params.task_id, "Declined where it was asked for.")
    if isinstance(answer, ElicitResult) and answer.action == "accept":
        asked = as_asked(await tool_handlers.read_run(call, params.task_id))
        if asked is not None:
            given = rounds.read_answer(params.task_id, asked.question, answer.content or {})
            await tool_handlers.answer_question(call, given)


async def cancel_task(ctx: Context, params: tasks.TaskParams) -> dict[str, Any]:
    await _answer_or_explain(
        tool_handlers.cancel(make_call(ctx), params.task_id, "Cancelled by the client that asked for it.")
    )
    return {}


async def _answer_or_explain(work: Awaitable[_T]) -> _T:
    """Runs a request that isn't a tool call. Its errors become JSON-RPC errors with our permanent code in ``data``."""
    try:
        return await work
    except OpsIQError as error:
        code = error.problem_code if isinstance(error, Problem) else error.code
        data = {"code": code, "retryable": error.retryable}
        raise MCPError(INVALID_PARAMS, error.detail, {**data, "not_found": isinstance(error, NotFound)}) from error


async def _hide_internals(ctx: Context, call_next: CallNext) -> HandlerResult:
    """Middleware: an unexpected error is logged, and answered without its text. The SDK puts that text into the answer
    for clients of the handshake era, and it may name paths, statements and values."""
    try:
        return await call_next(ctx)
    except (MCPError, ValidationError):
        raise
    except OpsIQError as error:
        raise MCPError(INTERNAL_ERROR, error.detail) from error
    except Exception as error:
        log.exception("unexpected error")
        raise MCPError(INTERNAL_ERROR, BROKE) from error


def _server() -> Server[Any]:
    server = Server(
        "opsiq",
        title="OpsIQ",
        version=importlib.metadata.version("opsiq-server"),
        instructions=INSTRUCTIONS,
        cache_hints={"tools/list": _LISTS, "resources/templates/list": _LISTS},
        get_tool_input_schema=_schema,
        on_list_tools=list_tools,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )
    server.add_request_handler("tools/call", CallToolRequestParams, call_tool)
    server.extensions[TASKS] = {}
    server.add_request_handler("tasks/get", tasks.TaskParams, get_task)
    server.add_request_handler("tasks/update", tasks.UpdateTaskParams, update_task)
    server.add_request_handler("tasks/cancel", tasks.TaskParams, cancel_task)
    return server


def _schema(name: str) -> dict[str, Any] | None:
    """The input schema of a general tool. None for a direct tool, since none of our schemas needs a parameter in a
    header."""
    return dict(GENERAL[name][1].input_schema) if name in GENERAL else None


class RunningServer:
    """The session manager, kept open by its own task until the application closes."""

    def __init__(self, manager: StreamableHTTPSessionManager, over: asyncio.Event, held: asyncio.Task[None]) -> None:
        self._manager, self._over, self._held = manager, over, held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._over.is_set():
            raise Unavailable("The server is shutting down. Send it again.")
        await self._manager.handle_request(scope, receive, send)

    async def close(self) -> None:
        self._over.set()
        await self._held


async def start(box: SecretBox) -> RunningServer:
    """Starts serving. ``box`` seals the request states."""
    server = _server()
    server.middleware += [_hide_internals, request_state.make_boundary(box)]
    manager = StreamableHTTPSessionManager(server, stateless=True, max_request_body_size=MAX_BODY_BYTES)
    ready, over = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with manager.run():
            ready.set()
            await over.wait()

    held = asyncio.create_task(hold())
    await ready.wait()
    return RunningServer(manager, over, held)
