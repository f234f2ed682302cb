"""A model's answers are kept by exact request: recorded over real HTTP once, replayed with nobody there."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.errors import InvalidInput
from core.settings import Settings
from evals.report.report import Setup
from evals.run import session
from evals.run.session import EvalRun
from tests.integration.agent.resolve.model.scripted_server import Reply, ScriptedServer, says
from tests.integration.evals.conftest import FRANCE, LOUD, QUIET, write

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::ResourceWarning")

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def plan(action: str, **arguments: object) -> dict[str, object]:
    steps = [{"action": action, **arguments}]
    return {"understood": "", "result": {"type": "plan", "steps": steps}, "rest": []}


EIGHTY = says(plan("set_volume", volume={"value": 80, "quote": "80"}), tokens=(50, 5))
NONE = says(
    {
        "understood": "",
        "result": {"type": "none", "reason": "no such action", "action": None, "quote": ""},
        "rest": [],
    }
)
CANCEL = says(plan("cancel_order"))
MISFIT = says(plan("drop_tables"))


async def ran(data: Path, server: ScriptedServer | None, *cases: dict[str, Any], **more: Any) -> EvalRun:
    setup = Setup(
        suites=(str(write(data, *cases)),),
        resolver="openai/toy",
        prompt_version="propose/v2",
        cassette=str(data / "toy.jsonl"),
        data=str(data),
        replay=server is None,
        **{name: value for name, value in more.items() if name in Setup.__dataclass_fields__},
    )
    url = server.url if server else "http://127.0.0.1:9/v1"
    settings = Settings.load({"OPSIQ_MODEL_URL": url, "OPSIQ_MODEL_KEY": "k", "OPSIQ_MODEL_RETRIES": "0"})
    return await session.run_suite(setup, settings, NOW, parallel=1, prune=more.get("prune", False))


async def test_what_was_recorded_is_replayed_to_the_same_report_with_nobody_there(
    data: Path, server: ScriptedServer
) -> None:
    server.script([EIGHTY, NONE])
    first = await ran(data, server, LOUD, FRANCE)
    assert (first.recorded, len(server.asked)) == (2, 2)
    assert [each.full for each in first.verdicts] == [True, True]
    again = await ran(data, None, LOUD, FRANCE)
    assert len(server.asked) == 2
    assert again.recorded == 0
    told = [
        {name: value for name, value in each.items() if name != "ms"}
        for run in (first, again)
        for each in run.report["entries"]
    ]
    assert told[:2] == told[2:]
    assert again.verdicts[0].entry.tokens == 55


async def test_the_file_holds_no_word_of_a_request_but_what_the_model_said(data: Path, server: ScriptedServer) -> None:
    server.script([NONE])
    await ran(data, server, FRANCE)
    assert "France" not in (data / "toy.jsonl").read_text("utf-8")


async def test_a_request_that_is_not_on_it_is_an_error_that_says_so(data: Path, server: ScriptedServer) -> None:
    server.script([EIGHTY])
    await ran(data, server, LOUD)
    made = await ran(data, None, LOUD, QUIET)
    assert made.verdicts[0].full
    assert made.verdicts[1].entry.error.startswith("not_recorded: toy.jsonl holds no answer of openai/toy")


async def test_a_changed_contract_is_another_request(data: Path, server: ScriptedServer) -> None:
    server.script([EIGHTY])
    await ran(data, server, LOUD)
    registry = data / "registry.json"
    registry.write_text(registry.read_text("utf-8").replace("Set the volume", "Change the volume"), "utf-8")
    cases = json.loads((data / "cases.jsonl").read_text("utf-8"))
    registry.rename(data / "other.json")
    made = await ran(data, None, {**cases, "registry": "other.json"})
    assert made.verdicts[0].entry.error.startswith("not_recorded")


async def test_each_repetition_is_asked_and_kept_on_its_own(data: Path, server: ScriptedServer) -> None:
    server.script([EIGHTY, CANCEL])
    first = await ran(data, server, LOUD, repeat=2)
    assert [each.full for each in first.verdicts] == [True, False]
    again = await ran(data, None, LOUD, repeat=2)
    assert again.report["metrics"]["pass_hat"] == {"1": 0.5, "2": 0.0}


async def test_an_answer_that_fits_no_schema_is_kept_but_a_silent_model_is_not(
    data: Path, server: ScriptedServer
) -> None:
    server.script([MISFIT, MISFIT, Reply(status=500)])
    first = await ran(data, server, LOUD, FRANCE)
    assert [each.entry.error.split(":")[0] for each in first.verdicts] == ["model_misbehaved", "model_unavailable"]
    again = await ran(data, None, LOUD, FRANCE)
    assert [each.entry.error.split(":")[0] for each in again.verdicts] == ["model_misbehaved", "not_recorded"]


async def test_answers_nobody_asks_for_any_more_are_told_and_dropped_on_demand(
    data: Path, server: ScriptedServer
) -> None:
    server.script([EIGHTY, NONE])
    await ran(data, server, LOUD, FRANCE)
    assert (await ran(data, None, LOUD)).stale == 1
    await ran(data, None, LOUD, prune=True)
    assert len((data / "toy.jsonl").read_text("utf-8").splitlines()) == 1


async def test_a_line_that_is_no_answer_is_named(data: Path) -> None:
    (data / "toy.jsonl").write_text("{}\n", "utf-8")
    with pytest.raises(InvalidInput, match=r"toy\.jsonl:1"):
        await ran(data, None, LOUD)
