"""A short run of the fault suite on each engine; ``make faults`` runs the long ones. On SQLite every process comes up
from nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.__main__ import run
from tests.faults.site import Engine


@pytest.mark.timeout(600)
@pytest.mark.parametrize("database", ["sqlite", "postgresql", "nats"])
def test_six_kills_break_no_promise(database: Engine, tmp_path: Path) -> None:
    report = run(database, 6, folder=tmp_path, pause_s=1.5, seed=6, forked=database != "sqlite")
    assert report.ok, report.table()
    assert report.counts["kills"] == 6
    assert report.counts["events accepted"] > 0
    assert report.counts["runs confirmed"] > 0
