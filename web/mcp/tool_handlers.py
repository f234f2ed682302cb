"""Handlers of MCP tools: each uses the same service as the REST API's route, and acts once for its idempotency key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from mcp_types import CallToolResult

from agent.pipeline import Refusal, RunState, SuppliedValue
from agent.runs.run import MOVING, Run
from agent.runs.states import as_asked
from core import canon
from core.errors import InvalidInput, NotFound
from registry.contract import Contract
from registry.json_schema import pointer
from store.transaction_hook import TransactionHook, no_hook
from web.auth import get_limits
from web.idempotency import Attempt, hold_claim, make_fingerprint, replay, take_claim
from web.mcp import results
from web.mcp.arguments import AnswerArguments, AskArguments, FindArguments, RunArguments
from web.mcp.calls import McpCall
from web.mcp.tools import MOST_DIRECT, list_direct_tools
from web.problem import Problem

DECIDING: Final[frozenset[RunState]] = MOVING | {"held"}
Act = Callable[[TransactionHook[Run]], Awaitable[Run | Refusal]]


async def ask(call: McpCall, given: AskArguments) -> Run:
    """Accepts a request in words. Raises InvalidInput, NotFound, Problem (``rate_limited``)."""
    call.need("runs:write")
    caller = call.caller
    await get_limits(call.request).read_text(caller.actor.workspace, caller.actor.person)
    return await _act_once(
        call,
        "ask",
        given.model_dump(exclude={"idempotency_key"}),
        given.idempotency_key,
        lambda in_transaction: call.container.runs.ask(
            caller.actor,
            given.text,
            surface=call.surface,
            session_id=call.session_id,
            thread_id=given.thread_id,
            request_id=call.request_id,
            in_transaction=in_transaction,
        ),
    )


async def run_action(call: McpCall, given: RunArguments) -> Run:
    """Runs a contract by name with given values. Raises NotFound, InvalidInput, PlatformUnavailable."""
    call.need("actions:run")
    if any(not name for name in given.params):
        raise InvalidInput("A parameter has no name.")
    values = {
        name: SuppliedValue(
            value=value, by="api", pointer="/params" + pointer.join_pointer(name), ref=call.caller.public
        )
        for name, value in given.params.items()
    }
    return await _act_once(
        call,
        "run_action",
        given.model_dump(exclude={"idempotency_key"}),
        given.idempotency_key,
        lambda in_transaction: call.container.runs.direct.run(
            call.caller.actor,
            given.action,
            values,
            given="api",
            surface=call.surface,
            session_id=call.session_id,
            request_id=call.request_id,
            in_transaction=in_transaction,
        ),
    )


async def answer_question(call: McpCall, given: AnswerArguments) -> Run:
    """Answers the open question of a run. Raises NotFound, Forbidden, InvalidInput, Problem."""
    call.need("runs:write")
    caller = call.caller
    await get_limits(call.request).read_text(caller.actor.workspace, caller.actor.person)
    run = await call.container.runs.show(caller.actor, given.run_id)
    asked = as_asked(run)
    slot = given.slot or (asked.question.slot if asked else "")
    return await _act_once(
        call,
        "answer_question",
        given.model_dump(exclude={"idempotency_key"}),
        given.idempotency_key,
        lambda in_transaction: call.container.decisions.answer(
            caller.actor,
            given.run_id,
            slot,
            choice=given.choice,
            text=given.text,
            request_id=call.request_id,
            in_transaction=in_transaction,
        ),
    )


async def read_run(call: McpCall, run_id: str, *, wait_s: float = 0.0, decided: bool = False) -> Run:
    """One run. ``decided``: also waits for the decision about a held card. Raises NotFound, Forbidden."""
    return await call.container.runs.wait_until_idle(
        call.caller.actor, run_id, wait_s=wait_s, passing=DECIDING if decided else MOVING
    )


async def find_action(call: McpCall, given: FindArguments) -> CallToolResult:
    """The best-matching actions that the caller's role may run on this surface."""
    call.need("contracts:read")
    context = await call.container.contexts.of(call.caller.actor.workspace)
    # The first index over thousands of contracts takes seconds.
    found = await asyncio.to_thread(
        lambda: context.shortlist(call.caller.actor, call.surface).top(given.query, given.limit)
    )
    contracts = [contract for each in found if (contract := context.catalogue.get(each.offer.name))]
    actions = [_describe(each) for each in contracts]
    lines = [f"{each.name}: {each.title}. {each.description}" for each in contracts]
    text = "\n".join(lines) or "No action that you may run here fits these words."
    return results.make_structured(
        text, {"actions": actions, "of": len(context.catalogue.offers(call.caller.actor.role, call.surface))}
    )


async def get_offered_contract(call: McpCall, name: str) -> Contract:
    """The current contract of this name, if the caller's role may run it on this surface. Raises NotFound."""
    catalogue = (await call.container.contexts.of(call.caller.actor.workspace)).catalogue
    contract = catalogue.get(name)
    if contract is None or call.caller.actor.role not in contract.roles or call.surface not in contract.surfaces:
        raise NotFound("There is no action of this name that you may run here.")
    return contract


async def list_direct_actions(call: McpCall) -> tuple[Mapping[str, Contract], bool]:
    """The actions that are tools of their own, by tool name, and whether there is any action."""
    catalogue = (await call.container.contexts.of(call.caller.actor.workspace)).catalogue
    offers = catalogue.offers(call.caller.actor.role, call.surface)
    if len(offers) > MOST_DIRECT:
        return {}, True
    contracts = [contract for offer in offers if (contract := catalogue.get(offer.name)) is not None]
    return list_direct_tools(contracts), bool(contracts)


async def find_direct_action(call: McpCall, tool: str) -> str:
    """The name of the action behind ``tool``. Raises NotFound if there is none, or if this caller may not run it."""
    contract = (await list_direct_actions(call))[0].get(tool)
    if contract is None:
        raise NotFound(f"There is no tool {tool[:128]!r} here. find_action finds actions, and run_action runs them.")
    return contract.name


def _describe(contract: Contract) -> dict[str, Any]:
    return {
        "name": contract.name,
        "title": contract.title,
        "description": contract.description,
        "risk": contract.risk.value,
        "confirmed": contract.confirmation.policy.value,
        "parameters": contract.parameters,
        "examples": list(contract.examples[:3]),
    }


async def _act_once(call: McpCall, tool: str, given: dict[str, Any], key: str | None, act: Act) -> Run:
    """Acts, with an idempotency key only once: a repeated call returns the same run in its present state. Raises
    Problem for a refusal, and if the key belongs to another call or is in use."""
    if key is None:
        return _unwrap(await act(no_hook))
    caller = call.caller
    fingerprint = make_fingerprint(caller, (tool.encode(), call.surface.encode(), canon.dumps(given)))
    claim = await take_claim(call.request, caller.actor.workspace, caller.key_id, key, fingerprint=fingerprint)
    if claim.verdict != "ours":
        kept = json.loads(bytes(replay(call.request, claim).body))
        return await call.container.runs.show(caller.actor, kept["run_id"])
    async with hold_claim(call.request, claim) as attempt:
        return _unwrap(await act(_keeping(attempt)))


def _keeping(attempt: Attempt) -> TransactionHook[Run]:
    return attempt.keep(200, lambda run: {"run_id": run.id})


def _unwrap(outcome: Run | Refusal) -> Run:
    if isinstance(outcome, Refusal):
        raise Problem(outcome.code, outcome.detail)
    return outcome


async def cancel(call: McpCall, run_id: str, reason: str) -> None:
    """Rejects a waiting run, or stops its planning. Calls that were already sent go on. Raises NotFound, Forbidden."""
    call.need("runs:write")
    run = await call.container.runs.show(call.caller.actor, run_id)
    if run.state == "received":
        await call.container.decisions.cancel(call.caller.actor, run_id, request_id=call.request_id)
    elif run.state in ("held", "asked"):
        await call.container.decisions.reject(call.caller.actor, run_id, reason, request_id=call.request_id)
