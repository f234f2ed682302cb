"""An older copy of the database that is put back under a running server: what was seen to happen is missed there."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.acceptance.installation import Installation, founded_installation
from tests.acceptance.test_events import until


def logged_ends(world: Installation) -> list[int]:
    """Where the history ended each time that the server logged an older copy."""
    return [int(end) for end in re.findall(r"ends at entry (\d+) and lacks", world.log_of().read_text())]


def test_an_older_copy_under_a_running_server_is_told_though_nothing_was_anchored_since(tmp_path: Path) -> None:
    with founded_installation(tmp_path) as world, closing(sqlite3.connect(":memory:")) as old:
        world.keep_logs = True
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
        until(lambda: max(logged_ends(world), default=0) > seen)  # a round of maintenance, in which anchors are written
        assert not world.verify()["ok"]
        assert "The chain is broken" in world.console("oscar").page("/history/verify")
        world.stop_server()
        assert (tmp_path / "anchors.jsonl").read_text().splitlines() == lines, "no anchor says that this is the history"
