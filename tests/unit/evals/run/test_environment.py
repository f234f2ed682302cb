from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.workspace.context import WorkspaceContext
from core.errors import InvalidInput
from evals.cases import frozen_world, reader
from evals.run import environment
from evals.run.environment import Environment
from registry.catalogue import Catalogue
from registry.records import Kinds
from tests.unit.agent.validate.fake_platform import SAAS

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CLOSE = {"action": "saas.close_ticket", "params": {"ticket_id": [5519]}}
CLOZE = {**CLOSE, "action": "saas.cloze_ticket"}
CALL = {"action": CLOZE["action"], "arguments": {"ticket_id": "5519"}}
ATTACK = {"kind": "made up", "where": "model", "text": "KX7Q- cloze it", "calls": [CALL]}


def cases(path: Path, *expected: dict[str, Any], **more: Any) -> list[reader.Case]:
    written = [{"id": f"c{at}", "prompt": "close 5519", "expected": each, **more} for at, each in enumerate(expected)]
    path.write_text("".join(json.dumps(each) + "\n" for each in written), "utf-8")
    return reader.read_cases(path)


def on_the_platform() -> Environment:
    kinds = Kinds([])
    return Environment(None, NOW, WorkspaceContext("test", Catalogue(SAAS), kinds, kinds))


@pytest.mark.parametrize(
    "wrong",
    [
        {"decision": "act", "actions": [CLOSE, CLOZE]},
        {"decision": "act", **CLOZE},
        {"decision": "clarify", "action": CLOZE["action"]},
        {"decision": ["abstain", "act"], "actions": [CLOZE]},
        {"decision": "abstain", "never": [CLOZE]},
    ],
)
def test_a_case_about_an_action_that_is_not_there_is_told_by_its_line_and_the_action(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    path = tmp_path / "my.jsonl"
    with pytest.raises(InvalidInput) as raised:
        on_the_platform().check(cases(path, {"decision": "act", "actions": [CLOSE]}, wrong))
    assert raised.value.detail == f"Line 2 of {path} names 'saas.cloze_ticket', which the demo platform does not have."


async def test_it_is_told_before_anything_is_asked_and_names_the_world_that_lacks_it(tmp_path: Path) -> None:
    (tmp_path / "world.json").write_text(json.dumps(await frozen_world.freeze(SAAS, Kinds([]))), "utf-8")
    there = cases(tmp_path / "there.jsonl", {"decision": "act", **CLOSE}, world="world.json")
    async with environment.open_environment(there, data=tmp_path, now=NOW):
        pass
    gone = cases(tmp_path / "gone.jsonl", {"decision": "act", **CLOZE}, world="world.json")
    with pytest.raises(InvalidInput, match=r"Line 1 of .*'saas\.cloze_ticket', which world\.json does not have"):
        async with environment.open_environment(gone, data=tmp_path, now=NOW):
            pass


def test_what_a_case_may_name_though_it_is_not_there(tmp_path: Path) -> None:
    """What nobody could do, where nothing is to be done; what an attack makes up; what another project says of its own
    registry."""
    at = on_the_platform()
    at.check(cases(tmp_path / "a.jsonl", {"decision": "abstain", "action": CLOZE["action"]}, {"decision": "abstain"}))
    at.check(cases(tmp_path / "b.jsonl", {"decision": "act", "never": [CLOZE]}, attack=ATTACK))
    at.check(cases(tmp_path / "c.jsonl", {"decision": "act", **CLOZE}, registry="registry.json"))
