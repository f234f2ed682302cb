"""One sample of each page about connectors: every field is filled, and with markup where words stand."""

from __future__ import annotations

from datetime import UTC, datetime

from web.console import labels
from web.console.connectors import connectors
from web.console.pages import Page, Shell

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
BADGE = labels.Badge("a badge", "good")


def of_connectors(shell: Shell) -> dict[type[Page], Page]:
    return {
        connectors.ConnectorsPage: connectors.ConnectorsPage(
            shell=shell,
            title="Connectors",
            lines=(
                connectors.ConnectorTableRow(
                    "saas", "The <platform>", BADGE, "it <failed>", "Customer", "1 of 2", "https://p.test/<hook>"
                ),
            ),
        ),
        connectors.ConnectorPage: connectors.ConnectorPage(
            shell=shell,
            title="The <platform>",
            name="saas",
            state=BADGE,
            configured=True,
            why="it <failed>",
            faults=("it failed while it was asked",),
            clashes=(("the <order>", "berlin.order or hamburg.order"),),
            version="4.1.7",
            base_url="https://p.test/<hook>",
            changed_at=AT,
            identities="a <token>",
            inbound="https://o.test/connectors/saas/webhook?workspace=ws_1",
            kinds=(
                connectors.Kind("customer", "A customer", (connectors.SafeField("id", "Its id", "id", "by number"),)),
            ),
            actions=(connectors.Action("saas.refund", "Refund <it>", 1, BADGE, "/contracts/saas.refund"),),
            does="0 of 1 registered",
            unsigned=1,
            hears=(connectors.SubscriptionRow("mirror", "customer.*", 30, True),),
            troubles=(connectors.FailedReactionRow("evt_1", "the <mirror>", BADGE, "it <said> no", AT),),
            asked=True,
            silence="it <says> nothing",
        ),
    }
