"""One sample of each page about AI History: every field is filled, and with markup where words stand."""

from __future__ import annotations

from datetime import UTC, datetime

from web.console import labels
from web.console.forms import FormOption
from web.console.history import history, history_entry, history_filter, history_views
from web.console.history.entry_labels import EntryGroup, EntryOption
from web.console.history.shown_card import ShownCall, ShownCard, ShownValue
from web.console.history.timeline import Bar
from web.console.pages import Page, Shell

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
BADGE = labels.Badge("a badge", "good")


def of_history(shell: Shell) -> dict[type[Page], Page]:
    return {
        history.HistoryPage: history.HistoryPage(
            shell=shell,
            title="History",
            chosen=history_filter.HistoryFilter(
                q="some words",
                run="run_5",
                since="2026-11-01",
                until="2026-11-02",
                contract="shop.<reads>",
                model="a <reads> model",
            ),
            kinds=(EntryGroup("Requests <b>", (EntryOption("held", "card <b>"),)),),
            people=(history.Person("mem_1", "Olivia"),),
            contracts=(FormOption("shop.refund", "Refund <an order>"),),
            hint="No contract is called <that> now.",
            acts="kind=call_settled",
            outcomes=("failed",),
            risks=("read",),
            models=("a <reads> model",),
            prompts=("propose/v1",),
            views=(history_views.View("hvw_1", "mine <reads>", "q=some", "Olivia <b>", True),),
            most_name=60,
            lines=(
                history.HistoryTableRow(
                    7,
                    AT,
                    "held",
                    "Amir",
                    "admin",
                    "shop.refund",
                    "expired",
                    "can't be undone",
                    irreversible=True,
                    summary="in short",
                    run_id="run_1",
                ),
            ),
            query="q=some",
            first=False,
            next="q=some&before=7",
        ),
        history_entry.EntryPage: history_entry.EntryPage(
            shell=shell,
            title="Entry",
            seq=7,
            kind="held",
            at=AT,
            run_id="run_1",
            facts=(history_entry.Fact("Who", "Olivia <b>"),),
            exchanges=(
                history_entry.Exchange("the prompt", "the response"),
                history_entry.Exchange("the second prompt <b>", "the second response"),
            ),
            data='{"a": 1}',
            bars=(
                Bar(6, "prompt", "+0 ms", "", 0, 6, "moment", False),
                Bar(7, "confirmed", "+12 ms", "3.4 s", 12, 900, "wait", True),
            ),
            card=ShownCard(
                6, (ShownCall("A title <b>", "Do it <i>", (ShownValue("Amount <b>", "5.00 EUR"),)),), ("Why <b>",)
            ),
            told="in short",
            case=True,
            undo=("take a credit back <b>",),
            prev="sha256:aa",
            digest="sha256:bb",
            misfit="Entry 7 was <edited>.",
            newer=8,
            older=6,
        ),
        history.VerdictPage: history.VerdictPage(
            shell=shell, title="Verdict", ok=False, count=6, first_break=7, why="It was edited.", last=""
        ),
    }
