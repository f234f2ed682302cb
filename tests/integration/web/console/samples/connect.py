"""One sample of each page about connecting a platform: every field is filled, and with markup where words stand."""

from __future__ import annotations

from web.console.connectors import connect
from web.console.labels import Badge
from web.console.pages import Page, Shell

BADGE = Badge("a badge", "quiet")


def of_connecting(shell: Shell) -> dict[type[Page], Page]:
    return {
        connect.ConnectPage: connect.ConnectPage(
            shell=shell,
            title="Connect",
            name="saas",
            heading="The <platform>",
            again=True,
            base_url="https://p.test/<x>",
            trouble="wrong & again",
        ),
        connect.ProposedPage: connect.ProposedPage(
            shell=shell,
            title="Actions",
            name="saas",
            heading="The <platform>",
            configured=True,
            proposals=(
                connect.Proposal(
                    "saas.refund",
                    "Refund <it>",
                    "gives <money> back",
                    BADGE,
                    BADGE,
                    "owner, admin",
                    "https://p.test/<hook>",
                    '{"name": "<b>"}',
                    True,
                ),
            ),
            others=2,
            trouble="wrong & again",
            findings=("/title: too <long>",),
        ),
    }
