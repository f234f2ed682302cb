"""One sample of each page about webhooks: every field is filled, and with markup where words stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from web.console import labels
from web.console.forms import FormOption
from web.console.pages import Page, Pagination, Shell
from web.console.webhooks import deliveries, delivery_status, endpoint, endpoint_form, endpoints

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
BADGE = labels.Badge("a badge", "good")
ENDPOINT_LINE = endpoints.EndpointTableRow(
    "whe_1",
    "https://a.test/<hook>",
    "the <ledger>",
    "invoice.*",
    BADGE,
    delivery_status.Health(BADGE, "of 7 in 24 h"),
    AT,
    "nothing went well",
)


def of_webhooks(shell: Shell) -> dict[type[Page], Page]:
    return {
        endpoints.EndpointsPage: endpoints.EndpointsPage(
            shell=shell,
            title="Webhooks",
            lines=(ENDPOINT_LINE,),
            place=Pagination(total=91, first=31, before=0, after=60),
            disabled=(ENDPOINT_LINE,),
        ),
        endpoint.EndpointPage: endpoint.EndpointPage(
            shell=shell,
            title="an endpoint",
            endpoint_id="whe_1",
            url="https://a.test/<hook>",
            description="the <ledger>",
            patterns=("invoice.*", "order.shipped"),
            slips=(("order.<shiped>", "order.shipped"),),
            headers="x-token",
            per_minute="at most 60 a minute",
            state=BADGE,
            active=False,
            disabled=True,
            why="nothing went well",
            health=delivery_status.Health(BADGE, "of 7 in 24 h"),
            last_success_at=AT,
            last_failure_at=AT + timedelta(days=1),
            failing_since=None,
            consecutive_failures=7,
            slowed="2 s after each attempt",
            rotating_until=AT + timedelta(days=3),
            created_at=AT,
            overlap_h=24,
            wanted=endpoint.DeliveryFilter("failed", "invoice.paid"),
            states=(FormOption("failed", "has failed", True),),
            tests=(FormOption("invoice.paid", "invoice.paid", True),),
            deliveries=(
                delivery_status.DeliveryTableRow(
                    "dlv_1", "invoice.paid", BADGE, "500", 3, "replay", AT, "it <said> no"
                ),
            ),
            first=False,
            next="dlv_0",
            since="2026-11-24T10:00",
            notice="Being sent again.",
            trouble="too <short>",
        ),
        endpoints.EndpointFormPage: endpoints.EndpointFormPage(
            shell=shell,
            title="Change endpoint",
            endpoint_id="whe_1",
            as_of="2026-11-24T12:00:00.000000Z",
            given=endpoint_form.EndpointForm(
                "https://a.test/<hook>", "invoice.*", "the <ledger>", "X-A: <b>", "60", True, ("order.paid",)
            ),
            kept="x-token",
            catalogue=(endpoints.Category("orders", (endpoints.EventTick("order.paid", "An order was paid", True),)),),
            trouble="too <short>",
        ),
        deliveries.DeliveryPage: deliveries.DeliveryPage(
            shell=shell,
            title="a delivery",
            delivery_id="dlv_1",
            event="invoice.paid",
            event_id="evt_1",
            fired=True,
            endpoint_id="whe_1",
            url="https://a.test/<hook>",
            state=BADGE,
            detail="it <said> no",
            cause="it was fired",
            created_at=AT,
            next_at=AT + timedelta(days=1),
            finished_at=AT + timedelta(days=2),
            body='{"a": "<b>"}',
            attempts=(
                deliveries.AttemptTableRow(
                    1,
                    AT,
                    BADGE,
                    "12 ms",
                    True,
                    "it <said> no",
                    (deliveries.Header("x-a", "<b>"),),
                    "<b>no</b>",
                    True,
                    True,
                ),
            ),
            waiting=False,
            moving=False,
            awaited=0,
            seen="",
            may_resend=True,
        ),
    }
