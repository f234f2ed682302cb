"""``opsiq jobs``: what was given up is listed with its reason until somebody says that it was seen."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

import store.jobs.enqueue
import store.jobs.jobs
from cli.main import main
from core.settings import Settings
from store.database import Database
from store.jobs.enqueue import NewJob
from store.migrate import upgrade


async def _give_up(*keys: str) -> None:
    settings = Settings.load({"OPSIQ_DATA": "."})
    await upgrade(settings.database_url)
    database = await Database.open(settings.database_url)
    async with database.begin() as session:
        for each in keys:
            await store.jobs.enqueue.enqueue_one(session, NewJob(each, "call", "ws_1", {}))
        for job in await store.jobs.jobs.claim(session, owner="w", kinds=["call"], lease_s=60, limit=9):
            assert await store.jobs.jobs.mark_dead(session, job, f"410 gone for {job.key}")
    await database.close()


@pytest.fixture
def given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPSIQ_DATA", ".")
    asyncio.run(_give_up("job_1", "job_2"))


@pytest.mark.usefixtures("given_up")
def test_what_was_given_up_is_listed_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "list"]) == 0
    told = capsys.readouterr().out
    assert "job_1" in told
    assert "410 gone for job_2" in told
    assert main(["jobs", "list", "--json"]) == 0
    lines = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    assert {each["key"] for each in lines} == {"job_1", "job_2"}


@pytest.mark.usefixtures("given_up")
def test_what_was_seen_to_is_forgotten_by_key_or_altogether(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "forget"]) != 0
    assert main(["jobs", "forget", "job_1", "--all"]) != 0
    assert main(["jobs", "forget", "job_1", "job_9"]) == 1
    assert main(["jobs", "forget", "--all"]) == 0
    assert "1 forgotten" in capsys.readouterr().out
    assert main(["jobs", "list"]) == 0
    assert "Nothing was given up." in capsys.readouterr().out
