"""`opsiq history export` is an entry of the history that it takes."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.cli.test_keeping import Say, founded, say

__all__ = ["say"]


def test_an_export_is_an_entry_of_the_history_that_it_takes(tmp_path: Path, say: Say) -> None:
    here = {"DATA": str(tmp_path)}
    founded(say, **here)
    code, told = say("history", "export", "--format", "jsonl", **here)
    last = json.loads(told.strip().splitlines()[-1])
    assert (code, last["kind"], last["actor"]["kind"]) == (0, "exported", "system")
    assert say("history", "verify", **here)[0] == 0
    (tmp_path / "data.key").rename(tmp_path / "elsewhere")
    code, told = say("history", "export", **here)
    assert (code, told.count(",exported,")) == (0, 1), "without the data key it is read as before"
    assert "This export leaves no entry in AI History." in told
