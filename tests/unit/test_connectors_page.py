"""The whole document on the page about connectors is one: it lints clean, and people's words find its records."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from agent.pipeline import Plan, Reply
from agent.planning.propose import propose
from agent.planning.task import make_task
from agent.resolve.rules.resolver import RuleResolver
from agent.runs.run import Run
from agent.workspace.context import WorkspaceContext
from core.actor import Actor
from core.errors import BadAssertion
from registry.catalogue import Catalogue
from registry.connector import Connector, Event, Inbound, PlatformAnswer, PlatformRequest, Settings
from registry.declarative.connector import read_connector
from registry.declarative.document import FieldDocument, KindDocument
from registry.declarative.lint import lint_folder
from registry.discovery import discover
from registry.records import Kinds, Record, SearchBy

PAGE = Path(__file__).parents[2] / "docs/guide/connectors.md"
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
OWNER = Actor("ws_1", "mem_1", "member", "Olivia", "owner", "per_1")
MEMBERS = [
    {"id": 1, "full_name": "Ines Costa", "email": "ines@x.example", "pin": "NEVER SHOW"},
    {"id": 2, "full_name": "Theo Kaya", "email": "theo@x.example"},
]
LOANS = [
    {"id": 7, "number": "L-1042", "tool": {"title": "Hammer drill"}, "member_id": 2, "status": "O",
     "due_on": "2026-11-20", "deposit": "25.00"},
    {"id": 8, "number": "L-1043", "tool": {"title": "Ladder"}, "member_id": 1, "status": "O",
     "due_on": "2026-12-04", "deposit": "10.00"},
    {"id": 9, "number": "L-1007", "tool": {"title": "Sander"}, "member_id": 1, "status": "R",
     "due_on": "2026-11-01", "deposit": "10.00"},
]  # fmt: skip


class ToolLibrary:
    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        raise AssertionError("a declarative connector reads by read()")

    async def read(self, request: PlatformRequest) -> PlatformAnswer:
        asked = dict(request.query)
        match request.path.strip("/").split("/"):
            case [("members" | "loans") as name]:
                rows: list[dict[str, Any]] = MEMBERS if name == "members" else LOANS
                found = [
                    row
                    for row in rows
                    if asked.get("q", "").casefold() in str(row.get("full_name", "")).casefold()
                    and row.get("status", "") in asked.get("state", row.get("status", "")).split(",")
                    and str(row.get("member_id")) == asked.get("member", str(row.get("member_id")))
                ]
                return PlatformAnswer(200, {"items": found, "total": len(found)})
            case [("members" | "loans") as name, number]:
                one = [row for row in (MEMBERS if name == "members" else LOANS) if str(row["id"]) == number]
                return PlatformAnswer(200, one[0]) if one else PlatformAnswer(404, None)
        raise AssertionError(request.path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the page shows."""
    files = re.findall(
        r"`tools/([a-z]+\.json)`:\n\n```json\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert [name for name, _ in files] == ["connector.json", "actions.json"]
    (tmp_path / "tools").mkdir()
    for name, text in files:
        (tmp_path / "tools" / name).write_text(text, encoding="utf-8")
    return tmp_path / "tools"


def workspace(folder: Path) -> WorkspaceContext:
    connector = read_connector(folder)(ToolLibrary(), Settings("https://tools.example", {}))
    kinds = Kinds(connector.context_providers())
    return WorkspaceContext("g1", Catalogue(connector.register_actions()).bound(kinds), kinds, kinds)


async def say(text: str, context: WorkspaceContext) -> Any:
    run = Run(
        id="run_1", workspace="ws_1", session_id="s", actor=OWNER, surface="admin", text=text, now=NOW,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    return (await propose(make_task(run, context, ()), RuleResolver())).verdict


def test_the_whole_document_lints_without_a_finding(folder: Path) -> None:
    assert lint_folder(folder) == []


async def test_its_records_show_their_owners_and_nothing_undeclared(folder: Path) -> None:
    loan: Record | None = await workspace(folder).kinds.record("loan", "7")
    assert loan is not None
    assert (loan.label, loan.detail) == (
        "L-1042 · Hammer drill",
        "Theo Kaya · out · due 20 Nov 2026 · 25.00 EUR",
    )
    assert "NEVER" not in repr(await workspace(folder).kinds.record("member", "1"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("show overdue loans that are out", ["7"]),
        ("show Ines's loans", ["8", "9"]),
        ("which loans are out?", ["7", "8"]),
    ],
)
async def test_states_times_and_relations_answer_questions(text: str, found: list[str], folder: Path) -> None:
    answer = await say(text, workspace(folder))
    assert isinstance(answer, Reply), answer
    assert sorted(each.id for each in answer.records) == found


@pytest.mark.parametrize(
    ("text", "loan"),
    [("take back the drill", 7), ("L-1042 is back", 7), ("return Theo's loan", 7), ("Ines brought the ladder back", 8)],
)
async def test_its_action_finds_the_loan_that_is_meant(text: str, loan: int, folder: Path) -> None:
    plan = await say(text, workspace(folder))
    assert isinstance(plan, Plan), plan
    assert [each.record_id for step in plan.steps for each in step.pins if each.record_kind == "loan"] == [str(loan)]


def test_the_page_and_the_schema_explain_every_search(folder: Path) -> None:
    table = PAGE.read_text("utf-8").partition("| `search` | for |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    words = get_args(SearchBy)
    assert sorted(rows) == sorted(words)
    said = str(FieldDocument.__doc__)
    assert all(f"``{each}``" in said for each in words)


def test_the_schema_explains_every_word_of_a_kind() -> None:
    said = str(KindDocument.__doc__)
    silent = {name for name in KindDocument.model_fields if f"``{name}``" not in said}
    assert silent <= {"title", "fields", "list", "search", "get"}, "these say it by themselves or by their own schema"
    assert "registry." not in said


PARCEL = {
    "schema": "opsiq/connector/v1", "name": "parcel", "title": "Parcel service", "actions": "actions.json",
}  # fmt: skip
PARCEL_BODY = b'{"id": "m1", "parcel": 7, "place": "Depot", "at": "2026-11-30T09:00:00Z"}'


@pytest.fixture
def parcel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connector]:
    """The connector of the page's class, which extends a document."""
    (code,) = re.findall(r"```python\n(import hashlib\n.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    folder = tmp_path / "mine" / "parcel"
    folder.mkdir(parents=True)
    (folder / "connector.json").write_text(json.dumps(PARCEL))
    (folder / "actions.json").write_text('{"actions": []}')
    (folder / "__init__.py").write_text(code)
    found, broken = discover(folders=[tmp_path / "mine"])
    assert broken == []
    (cls,) = [each.cls for each in found if each.name == "parcel"]
    yield cls(ToolLibrary(), Settings("https://parcel.example", {"webhook_secret": "any text"}))
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


async def test_a_class_that_extends_a_document_verifies_its_own_webhooks(parcel: Connector) -> None:
    assert parcel.title == "Parcel service"
    assert parcel.secret_form == "plain"
    stamp = str(int(NOW.timestamp()))
    made = hmac.new(b"any text", stamp.encode() + b":" + PARCEL_BODY, hashlib.sha256).hexdigest()
    (event,) = await parcel.handle_webhook(Inbound({"x-time": stamp, "x-parcel-signature": made}, PARCEL_BODY, NOW))
    assert (event.id, event.name, event.data) == ("m1", "parcel.arrived", {"parcel_id": "7", "place": "Depot"})
    for forged in ({"x-time": stamp}, {"x-parcel-signature": made}, {"x-time": "1", "x-parcel-signature": made}):
        with pytest.raises(BadAssertion):
            await parcel.handle_webhook(Inbound(forged, PARCEL_BODY, NOW))


def test_the_page_explains_every_field_of_an_event() -> None:
    page = PAGE.read_text("utf-8")
    table = page.partition("| `Event` | holds |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == [each.name for each in dataclasses.fields(Event)]
