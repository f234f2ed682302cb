"""What waits for a person, in the form that each client takes: an address to open, a form, a task, or a plain result.
Nothing that a client says confirms anything."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import mcp_types
import pytest
from mcp.client.client import Client
from mcp.client.extension import ClaimContext, ClientExtension, ResultClaim
from mcp.client.session import ClientSession
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CallToolResult,
    ElicitRequestFormParams,
    ElicitRequestURLParams,
    ElicitResult,
    InputRequiredResult,
    Request,
    RequestParams,
    Result,
)
from pydantic import BaseModel, ConfigDict

from agent.runs.run import Run
from tests.integration.web.api.shop import Shop
from tests.integration.web.mcp.client import MODERN, connected, told
from web.mcp.calls import TASKS

HELD = {"text": "give Hugo Bernard 81 EUR credit"}
ASKED = {"text": "refund Adam's last invoice"}


class Person:
    """Whoever sits before a client: notes what they are shown, and answers each with ``action``."""

    def __init__(self, action: Literal["accept", "decline", "cancel"] = "accept", pick: str = "") -> None:
        self.action, self.pick = action, pick
        self.shown: list[Any] = []

    async def __call__(self, _: Any, params: Any) -> ElicitResult:
        self.shown.append(params)
        if not isinstance(params, ElicitRequestFormParams) or self.action != "accept":
            return ElicitResult(action=self.action)
        choices = params.requested_schema["properties"]["choice"]["oneOf"]
        (chosen,) = [each["const"] for each in choices if self.pick in each["title"]]
        return ElicitResult(action="accept", content={"choice": chosen})


class Raw(BaseModel):
    model_config = ConfigDict(extra="allow")


async def first_round(client: Any, arguments: dict[str, Any] = HELD) -> InputRequiredResult:
    found = await client.session.call_tool("ask", arguments, allow_input_required=True)
    assert isinstance(found, InputRequiredResult), found
    return found


async def confirm(shop: Shop, run_id: str) -> Run:
    """A person in the console, after they looked at the card."""
    olivia = shop.actors["olivia"]
    run = await shop.container.runs.show(olivia, run_id)
    confirmed = await shop.container.decisions.confirm(olivia, run_id, run.digest or "")
    assert isinstance(confirmed, Run), confirmed
    return confirmed


async def test_a_held_card_is_an_address_and_going_there_confirms_nothing(working: Shop) -> None:
    person = Person("accept")

    async def impatient(context: Any, params: Any) -> ElicitResult:
        working.app.state.mcp_wait_s = 0.1
        return await person(context, params)

    async with connected(working, elicitation_callback=impatient) as client:
        result = told(await client.call_tool("ask", HELD))
    assert result["state"] == "held"
    (shown,) = person.shown
    assert isinstance(shown, ElicitRequestURLParams)
    assert shown.url == f"http://127.0.0.1:8080/runs/{result['run_id']}" == result["card"]["confirm_at"]
    run = await working.container.runs.show(working.actors["olivia"], result["run_id"])
    assert (run.state, run.approvals, run.via) == ("held", (), "mcp")


async def test_a_call_waits_on_until_a_person_confirmed_in_the_console(working: Shop) -> None:
    shown = Person("accept")

    async def goes_there(context: Any, params: Any) -> ElicitResult:
        answer = await shown(context, params)
        await confirm(working, params.url.rpartition("/")[2])
        return answer

    async with connected(working, elicitation_callback=goes_there) as client:
        result = told(await client.call_tool("ask", HELD))
    assert result["state"] == "succeeded", result
    assert result["results"][0]["state"] == "succeeded"


async def test_who_declines_says_no_and_who_looks_away_leaves_the_card(working: Shop) -> None:
    async with connected(working, elicitation_callback=Person("decline")) as client:
        assert told(await client.call_tool("ask", HELD))["state"] == "rejected"
    async with connected(working, elicitation_callback=Person("cancel")) as client:
        assert told(await client.call_tool("ask", HELD))["state"] == "held"


async def test_a_question_is_a_form_and_its_answer_leads_to_the_card(working: Shop) -> None:
    person = Person("accept", pick="Nowak")

    async def impatient(context: Any, params: Any) -> ElicitResult:
        if isinstance(params, ElicitRequestURLParams):
            working.app.state.mcp_wait_s = 0.1
        return await person(context, params)

    async with connected(working, elicitation_callback=impatient) as client:
        result = told(await client.call_tool("ask", ASKED))
    assert [type(each) for each in person.shown] == [ElicitRequestFormParams, ElicitRequestURLParams]
    titles = [each["title"] for each in person.shown[0].requested_schema["properties"]["choice"]["oneOf"]]
    assert all("‘v’" in each and "‘w’" in each for each in titles), "it says how those who look alike differ"
    assert result["state"] == "held", result
    assert "Nowak" in result["calls"][0]["preview"]


async def test_a_state_is_good_for_its_caller_tool_and_arguments_alone(working: Shop) -> None:
    said = {"card": ElicitResult(action="decline")}
    async with connected(working, elicitation_callback=Person()) as client:
        first = await first_round(client)
        state = first.request_state or ""
        for tool, arguments, given in (
            ("ask", {"text": "give Hugo Bernard 810 EUR credit"}, state),
            ("run_status", HELD, state),
            ("ask", HELD, state[:-1] + ("A" if state[-1] != "A" else "B")),
            ("ask", HELD, state + "A"),
            ("ask", HELD, ""),
            ("ask", HELD, "v1." + "A" * 100),
        ):
            with pytest.raises(MCPError, match="Invalid or expired requestState"):
                await client.session.call_tool(tool, arguments, input_responses=said, request_state=given)
        async with connected(working, "amir", elicitation_callback=Person()) as other:
            with pytest.raises(MCPError, match="Invalid or expired requestState"):
                await other.session.call_tool("ask", HELD, input_responses=said, request_state=state)
        run_id = first.input_requests["card"].params.url.rpartition("/")[2]  # type: ignore[index, union-attr]
        assert (await working.container.runs.show(working.actors["olivia"], run_id)).state == "held"


async def test_clients_that_take_neither_are_answered_in_a_plain_result(working: Shop) -> None:
    for mode in ("legacy", MODERN):
        async with connected(working, mode=mode) as client:
            result = await client.call_tool("ask", HELD)
            assert not result.is_error
            assert told(result)["state"] == "held"
            (text,) = result.content
            assert isinstance(text, mcp_types.TextContent)
            assert told(result)["card"]["confirm_at"] in text.text


class Task(Result):
    model_config = ConfigDict(extra="allow")

    result_type: Literal["task"]
    task_id: str
    status: str


class TaskParams(RequestParams):
    task_id: str
    input_responses: dict[str, Any] | None = None


class TaskRequest(Request[TaskParams, str]):
    name_param = "taskId"


class Tasks(ClientExtension):
    """The Tasks extension of a client that polls by itself."""

    identifier = TASKS

    def claims(self) -> list[ResultClaim[Task]]:
        return [ResultClaim(result_type="task", model=Task, resolve=self.resolve)]

    async def resolve(self, task: Task, context: ClaimContext) -> CallToolResult:
        while True:
            told = await send(context.session, "tasks/get", task.task_id)
            if told["status"] == "completed":
                return CallToolResult.model_validate(told["result"])
            await asyncio.sleep(0.05)


async def send(session: ClientSession, method: str, task_id: str, **params: Any) -> dict[str, Any]:
    request = TaskRequest(method=method, params=TaskParams(task_id=task_id, **params))
    return (await session.send_request(request, Raw)).model_dump()


async def begin(client: Client, arguments: dict[str, Any]) -> Task:
    found = await client.session.call_tool("ask", arguments, allow_input_required=True, allow_claimed=True)
    assert isinstance(found, Task), found
    return found


async def test_a_task_is_a_run_that_ends_when_a_person_has_decided(working: Shop) -> None:
    async with connected(working, extensions=[Tasks()]) as client:
        task = await begin(client, HELD)
        assert task.status == "input_required"
        assert (await send(client.session, "tasks/get", task.task_id))["status"] == "working", "it opens no addresses"
        call = asyncio.create_task(client.call_tool("ask", {"text": "give Nora Lindqvist 82 EUR credit"}))
        waiting = set[str]()
        while len(waiting) < 2:
            await asyncio.sleep(0.05)
            held, _ = await working.container.runs.list_newest_awaiting(working.actors["olivia"], looks=9)
            waiting = {run.id for run in held}
        for run_id in waiting:
            await confirm(working, run_id)
        assert told(await call)["state"] == "succeeded"
        await working.container.runs.wait_until_idle(working.actors["olivia"], task.task_id)
        done = await send(client.session, "tasks/get", task.task_id)
        assert (done["status"], done["result"]["structuredContent"]["state"]) == ("completed", "succeeded")


async def test_a_task_is_answered_and_cancelled_by_who_may_see_its_run(working: Shop) -> None:
    async with connected(working, extensions=[Tasks()]) as client:
        # A question is asked in a form where the client takes forms; this one takes tasks alone.
        asked = told(await client.call_tool("ask", ASKED))
        assert asked["state"] == "asked"
        choice = next(each["id"] for each in asked["question"]["choices"] if "Nowak" in each["label"])
        answer = {"question": {"action": "accept", "content": {"choice": choice}}}
        assert await send(client.session, "tasks/update", asked["run_id"], input_responses=answer)
        await working.container.runs.wait_until_idle(working.actors["olivia"], asked["run_id"])
        async with connected(working, "eve", extensions=[Tasks()]) as stranger:
            for method in ("tasks/get", "tasks/cancel", "tasks/update"):
                more = {"input_responses": answer} if method == "tasks/update" else {}
                with pytest.raises(MCPError) as refused:
                    await send(stranger.session, method, asked["run_id"], **more)
                assert refused.value.error.data["code"] == "not_found"
        await send(client.session, "tasks/cancel", asked["run_id"])
        run = await working.container.runs.show(working.actors["olivia"], asked["run_id"])
        assert (run.state, run.reason) == ("rejected", "Cancelled by the client that asked for it.")
