"""One sample of each page about events: every field is filled, and with markup where words stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from web.console import labels
from web.console.events import event, event_types, events
from web.console.forms import FormOption
from web.console.pages import Page, Shell

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
BADGE = labels.Badge("a badge", "good")


def of_events(shell: Shell) -> dict[type[Page], Page]:
    return {
        events.EventsPage: events.EventsPage(
            shell=shell,
            title="Events",
            chosen=events.EventFilter("invoice.paid", "done", "2026-11-01", "2026-11-02"),
            standings=(FormOption("done", "all done", True),),
            names=("invoice.paid",),
            lines=(events.EventTableRow("evt_1", "invoice.paid", BADGE, "2 of 3 well", "an API <key>", AT),),
            query="type=invoice.paid",
            first=False,
            next="type=invoice.paid&before=evt_1",
        ),
        event.EventPage: event.EventPage(
            shell=shell,
            title="invoice.paid",
            event_id="evt_1",
            name="invoice.paid",
            known=True,
            standing=BADGE,
            occurred_at=AT,
            fired_at=AT + timedelta(days=1),
            finished_at=AT + timedelta(days=2),
            origin=event.Link("API <key>", "/keys/key_1"),
            cause=event.Link("evt_0", "/events/evt_0"),
            depth=1,
            request_id="req_7",
            data='{"a": "<b>"}',
            reactions=(
                event.Reaction(
                    1,
                    "<b>a rule</b>",
                    "rule",
                    "/rules/rul_1",
                    BADGE,
                    "it <did>",
                    "it <failed>",
                    2,
                    True,
                    "run_7",
                    (event.DeliveryLink("dlv_1", "https://a.test/<hook>", BADGE, "500"),),
                ),
            ),
            moving=False,
            seen="",
        ),
        events.FirePage: events.FirePage(
            shell=shell,
            title="Fire",
            name="invoice.paid",
            data='{"a": "<b>"}',
            names=("invoice.paid",),
            known=True,
            trouble="too <short>",
            findings=("/data/<x>: no",),
        ),
        event_types.TypesPage: event_types.TypesPage(
            shell=shell,
            title="Catalogue",
            q="<x>",
            count=1,
            of=2,
            may_fire=True,
            categories=(
                event_types.Category("billing", (event_types.EventTypeRow("invoice.paid", "It <was>", "amount"),)),
            ),
        ),
        event_types.TypePage: event_types.TypePage(
            shell=shell,
            title="invoice.paid",
            name="invoice.paid",
            category="billing",
            description="It <was>",
            fields=(event_types.Field("amount", "integer", True, "How <much>"),),
            schema='{"s": "<b>"}',
            sample='{"a": 1}',
            may_fire=True,
        ),
    }
