"""The stream that tells how far a run is, and its cancel, through the console's own routes."""

from __future__ import annotations

import asyncio

import pytest

from agent.runs.progress import Progress
from core.errors import Forbidden, NotFound
from tests.integration.web.console.console import Console, post
from web.console.runs.progress import _stream


async def test_the_stream_tells_each_step_and_ends_when_the_run_has_moved(console: Console) -> None:
    run_service = console.container.runs
    run = await console.run_of(console.admin)
    told = _stream(run_service, console.admin, run)
    assert await anext(told) == "retry: 1000\n\n"
    assert await anext(told) == "event: step\ndata: choosing\n\n"
    async with Progress(console.container.database, run_service.run_wakeups).of(run) as job:
        job.on_phase("looking")
        assert await anext(told) == "event: step\ndata: looking\n\n"
    await console.container.decisions.cancel(console.admin, run.id)
    assert (await anext(told)).startswith("event: moved\n")
    assert [each async for each in told] == []


async def test_a_browser_that_goes_away_ends_the_stream_and_nothing_else(console: Console) -> None:
    run = await console.run_of(console.admin)
    told = _stream(console.container.runs, console.admin, run)
    await anext(told)
    await anext(told)
    waiting = asyncio.ensure_future(anext(told))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert (await console.container.runs.show(console.admin, run.id)).state == "received"


async def test_the_page_shows_the_steps_and_cancels_without_a_script(console: Console) -> None:
    run = await console.run_of(console.admin)
    amir = await console.signed_in("amir@shop.test")
    page = (await amir.get(f"/runs/{run.id}")).text
    assert 'data-step="choosing" class="now" aria-current="step"' in page
    assert f'action="/runs/{run.id}/cancel"' in page
    assert (await post(amir, f"/runs/{run.id}/cancel")).status_code == 303
    page = (await amir.get(f"/runs/{run.id}")).text
    assert "Cancelled. Nothing was sent." in page
    assert '<span class="badge quiet">cancelled</span>' in page
    assert ">rejected<" not in page
    assert "data-step" not in page
    again = await post(amir, f"/runs/{run.id}/cancel")
    assert (again.status_code, "worked out already" in again.text) == (409, True)


async def test_nobody_elses_run_is_told_of_or_cancelled(console: Console) -> None:
    run = await console.run_of(console.owner)
    amir = await console.signed_in("amir@shop.test")
    assert (await amir.get(f"/runs/{run.id}/progress")).status_code == 404
    assert (await post(amir, f"/runs/{run.id}/cancel")).status_code == 404
    with pytest.raises(NotFound):
        await console.container.decisions.cancel(console.stranger, run.id)


@pytest.mark.parametrize("how", ["deactivated", "demoted"])
async def test_whoever_loses_access_while_they_wait_is_shown_nothing_more(console: Console, how: str) -> None:
    run_service, members, amir = console.container.runs, console.container.member_service, console.admin
    run = await console.run_of(amir)
    told = _stream(run_service, amir, run)
    assert [await anext(told), await anext(told)] == ["retry: 1000\n\n", "event: step\ndata: choosing\n\n"]
    waiting = asyncio.ensure_future(run_service.wait_until_idle(amir, run.id, wait_s=60))
    await asyncio.sleep(0)
    if how == "deactivated":
        await members.deactivate(console.owner, amir.person)
    else:
        await members.change_role(console.owner, amir.person, "support")
    with pytest.raises(Forbidden, match="changed meanwhile"):
        await waiting
    assert [each async for each in told] == []
