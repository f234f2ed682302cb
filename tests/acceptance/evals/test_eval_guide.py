"""docs/guide/evals.md, followed step by step in a copy of the repository, with a model that answers nothing fits."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from aiohttp import web

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/guide/evals.md").read_text("utf-8")
COMMANDS = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What is tracked, as it stands here, with the compiled modules that fit it: nothing is compiled anew."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if name.startswith(("sdks/", "tests/", "bench/")) or not (ROOT / name).is_file():
            continue
        made = [Path(name)]
        if name.endswith(".py") and (ROOT / (compiled := cache_from_source(name))).is_file():
            made.append(Path(compiled))
        for each in made:
            (tmp_path / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / each, tmp_path / each)
    return tmp_path


async def typed(command: str, clone: Path, url: str) -> str:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(clone),
        "OPSIQ_MODEL_URL": url,
        "OPSIQ_MODEL_KEY": "local",
        "OPSIQ_MODEL_RETRIES": "0",
        "no_proxy": "*",
    }
    process = await asyncio.create_subprocess_exec(
        "sh",
        "-ec",
        command,
        cwd=clone,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, f"{command}\n{out.decode()}"
    return out.decode()


CHANGED = "Turn what a person types into one proposal"
"""What the guide's second version of the prompt says."""


@asynccontextmanager
async def model() -> AsyncIterator[tuple[str, list[str]]]:
    """A server whose model understands one request, and rightly only by the second prompt: its address, and the prompts
    it was sent."""
    prompts: list[str] = []

    async def complete(request: web.Request) -> web.Response:
        body = await request.json()
        prompts.append(body["messages"][0]["content"])
        action = "close_ticket" if CHANGED in prompts[-1] else "reopen_ticket"
        meant = "5519" in body["messages"][-1]["content"]
        ticket = {"kind": "ticket", "said": "5519", "where": [], "order": None, "pick": "one", "among": None}
        plan = {"type": "plan", "steps": [{"action": action, "ticket_id": ticket}]}
        none = {"type": "none", "reason": "no such action", "action": None, "quote": ""}
        answered = {"understood": "", "result": plan if meant else none, "rest": []}
        message = {"role": "assistant", "content": json.dumps(answered)}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        answer = {"id": "c", "object": "chat.completion", "created": 1, "model": body["model"]}
        return web.json_response({**answer, "choices": [choice], "usage": usage})

    application = web.Application()
    application.router.add_post("/v1/chat/completions", complete)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1", prompts
    await runner.cleanup()


@pytest.mark.timeout(600)
async def test_the_guide_can_be_followed_from_the_first_command_to_the_last(clone: Path) -> None:
    async with model() as (url, prompts):
        ours, mine, first, second, gate = [await typed(command, clone, url) for command in COMMANDS]
    assert "saas by offline: 60 answers" in ours
    assert "my by offline: 3 answers" in mine
    assert "<title>my by offline" in read(clone, "offline.html")
    assert "my by openai/my-model propose/v2" in first
    assert "B: my by openai/my-model propose/v9" in second
    assert "all right: 1 → 2; 1 fixed, 0 broken" in second
    assert sum(CHANGED in each for each in prompts) == 3
    assert len(prompts) == read(clone, "my-model.jsonl").count("\n") == 6, (
        "each is asked for once; the gate asks nobody"
    )
    assert "2 → 2 of 3 right, 0 fixed, 0 broken" in gate


def read(clone: Path, name: str) -> str:
    return (clone / name).read_text("utf-8")


def test_every_option_of_the_guide_exists() -> None:
    from cli.main import make_parser

    found: set[str] = set()
    waiting = [make_parser()]
    while waiting:
        each = waiting.pop()
        for action in each._actions:
            found.update(action.option_strings)
            if isinstance(action.choices, dict):
                waiting += action.choices.values()
    assert set(re.findall(r"--[a-z][a-z-]+", GUIDE)) <= found


def test_every_field_of_a_case_in_the_guide_is_read() -> None:
    source = "".join(each.read_text("utf-8") for each in sorted((ROOT / "evals").rglob("*.py")))
    section = GUIDE.split("\n## A case\n", 1)[1].split("\n## ", 1)[0]
    fields = {
        name for line in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`([\w.]+)`", line)
    }
    for name in fields:
        assert f'"{name.rpartition(".")[2]}"' in source, name
