"""An entry of AI History has the same columns wherever it is shown."""

from __future__ import annotations

from datetime import UTC, datetime

from agent.history.columns import COLUMNS, IN_CSV, IN_JSON
from store.history.entries import HistoryRow
from web.api.history import EntryView
from web.console.history.history_entry import list_facts

ROW = HistoryRow(
    workspace="ws_1",
    seq=7,
    id="ent_7",
    at=datetime(2026, 3, 4, tzinfo=UTC),
    kind="finished",
    run_id="run_2",
    contract="berth.book@1",
    outcome="succeeded",
    risk="write",
    model="offline",
    prompt_version="propose/v1",
    duration_ms=12.5,
    request_id="req_1",
    actor='{"id":"mem_1","kind":"member","mode":"test","name":"Ida","role":"owner"}',
    data='{"thread_id":"run_1"}',
    words="",
    prev="sha256:0",
    digest="sha256:1",
)


def test_the_api_gives_the_type_of_every_column_and_of_no_other() -> None:
    assert list(EntryView.model_fields) == [each.name for each in IN_JSON]


def test_an_export_has_every_column_once() -> None:
    for exported in (IN_CSV, IN_JSON):
        assert len({each.name for each in exported}) == len(exported)
    assert set(IN_CSV) | set(IN_JSON) == set(COLUMNS)


def test_the_page_of_an_entry_shows_every_column_that_has_a_label() -> None:
    shown = {each.label: each.value for each in list_facts(ROW, {})}
    assert {each.label for each in COLUMNS if each.label} <= set(shown)
    assert (shown["Took"], shown["Conversation"]) == ("12 ms", "run_1")
    assert shown["Mode"] == "test: nothing is sent"
