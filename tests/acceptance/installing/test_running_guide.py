"""docs/guide/running.md: every command on the page, in the order of the page, on a real installation."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.installation import Installation, running_installation

PAGE = (Path(__file__).parents[3] / "docs/guide/running.md").read_text("utf-8")
LINES = [
    line.partition(" #")[0].strip()
    for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A workspace that was founded and worked in; no server runs."""
    with running_installation(tmp_path_factory.mktemp("installation"), OPSIQ_ANCHOR_EVERY_S="1") as made:
        made.ask("olivia", "give Hugo Bernard 5 EUR credit")
        made.stop_server()
        yield made


@pytest.mark.timeout(600)
def test_every_command_of_the_page_does_what_it_says(stopped: Installation, tmp_path: Path) -> None:
    assert len(LINES) >= 10
    data = stopped.folder
    key: dict[str, str] = {}
    for line in LINES:
        command, _, target = line.partition(" > ")
        words = shlex.split(command)
        assert words[0] == "opsiq"
        environ = dict(key)
        if words[1] == "restore":
            environ["OPSIQ_DATA"] = str(tmp_path / "restored")
            (tmp_path / "restored").mkdir(mode=0o700)
            shutil.copy(data / "data.key", tmp_path / "restored")
        if "--to" in words:  # said of installations that keep the key in their environment
            environ["OPSIQ_DATA_KEY"] = (data / "data.key").read_text().strip()
        if "--anchor" in words:
            anchor = re.search(r"\d+:sha256:[0-9a-f]{64}", stopped.opsiq("history", "anchor")[1])
            assert anchor
            words[-1] = anchor[0]
        places = {"/backups/opsiq-monday.tar": tmp_path / "monday.tar", "/elsewhere/them": data / "anchors.jsonl"}
        words = [str(places.get(each, tmp_path / each if each == "next.key" else each)) for each in words]
        code, said = stopped.opsiq(*words[1:], **environ)
        assert code == 0, (line, said)
        if "--to" in words:
            key["OPSIQ_DATA_KEY"] = Path(words[-1]).read_text().strip()
        if target:
            (tmp_path / target).write_text(said)
            (tmp_path / target).chmod(0o600)
