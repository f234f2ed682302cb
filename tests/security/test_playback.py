"""An older copy of the database that is put back under a running server: what was seen to happen is missed there."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tests.acceptance.installation import founded_installation
from tests.acceptance.test_events import until


def test_an_older_copy_under_a_running_server_is_told_though_nothing_was_anchored_since(tmp_path: Path) -> None:
    with founded_installation(tmp_path) as world, closing(sqlite3.connect(":memory:")) as old:
        world.start_server()
        world.ask("olivia", "close ticket 5519")
        with closing(sqlite3.connect(tmp_path / "opsiq.db")) as live:
            live.backup(old)
        world.ask("olivia", "close ticket 5520")
        until(lambda: (now := world.verify())["anchored"] == now["count"])  # seen, and maybe not anchored yet
        seen = world.verify()["count"]
        lines = (tmp_path / "anchors.jsonl").read_text().splitlines()
        with closing(sqlite3.connect(tmp_path / "opsiq.db")) as live:
            old.backup(live)
        verdict = world.verify()
        assert not verdict["ok"]
        assert f"was taken at entry {seen}" in verdict["why"]
        assert "an older copy of the database was put back" in verdict["why"]
        entries = "SELECT seq FROM history_heads"
        while world.execute(entries)[0][0] <= seen:  # what goes on from the older end grows longer than what is missed
            world.ask("olivia", "close ticket 5521")
        assert not world.verify()["ok"]
        time.sleep(6)  # a round of maintenance, in which anchors are written
        assert not world.verify()["ok"]
        assert "The chain is broken" in world.console("oscar").page("/history/verify")
        world.stop_server()
        assert (tmp_path / "anchors.jsonl").read_text().splitlines() == lines, "no anchor says that this is the history"
