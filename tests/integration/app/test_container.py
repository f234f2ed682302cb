"""The container of one process: what was opened is closed, whatever fails in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import container
from app.container import open_container
from app.maintenance import write_anchors
from core.errors import Unavailable
from core.settings import Settings
from store.database import Database
from store.migrate import upgrade


async def test_what_was_opened_is_closed_where_the_rest_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.load({"OPSIQ_DATA": str(tmp_path)})
    await upgrade(settings.database_url)
    closed: list[Database] = []
    close = Database.close

    async def count(self: Database) -> None:
        closed.append(self)
        await close(self)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no worker today")

    monkeypatch.setattr(Database, "close", count)
    monkeypatch.setattr(container, "Worker", fail)
    with pytest.raises(RuntimeError, match="no worker today"):
        async with open_container(settings):
            pass
    assert len(closed) == 1


class Cut:
    """Anchors whose database does not answer."""

    path = Path("anchors.jsonl")

    async def tick(self, *, now_all: bool = False) -> int:
        raise Unavailable("The database does not answer.")


async def test_a_database_that_is_down_is_not_told_as_a_fault_of_the_anchor_file(
    caplog: pytest.LogCaptureFixture,
) -> None:
    await write_anchors(Cut())  # type: ignore[arg-type]
    (told,) = caplog.records
    assert (told.levelname, told.exc_info) == ("WARNING", None)
    assert "The database does not answer." in told.getMessage()
    assert "anchors.jsonl" not in told.getMessage()
