"""One sample of each page about connecting a platform: every field is filled, and with markup where words stand."""

from __future__ import annotations

from datetime import UTC, datetime

from web.console.connectors import connect, credentials
from web.console.labels import Badge
from web.console.pages import Page, Shell

BADGE = Badge("a badge", "quiet")


def of_connecting(shell: Shell) -> dict[type[Page], Page]:
    at = datetime(2026, 11, 27, tzinfo=UTC)
    return {
        credentials.CredentialsPage: credentials.CredentialsPage(
            shell=shell,
            title="Credentials",
            name="saas",
            held=credentials.Held("Token & more", at, at, at, "They were <refused>."),
            checked=credentials.Checked(BADGE, "It answered <200>."),
            forms=tuple(
                credentials.KindForm(kind, f"Kind <{kind}>", inputs, kind == "bearer")
                for kind, inputs in credentials.INPUTS.items()
            ),
            path="/me<x>",
            trouble="wrong & again",
        ),
        connect.ConnectPage: connect.ConnectPage(
            shell=shell,
            title="Connect",
            name="saas",
            heading="The <platform>",
            again=True,
            base_url="https://p.test/<x>",
            trouble="wrong & again",
            options=(connect.OptionField("organizer", "The <organizer>", "acme", "a & b"),),
            signed=True,
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
            nobodys=1,
            others=2,
            trouble="wrong & again",
            findings=("/title: too <long>",),
        ),
    }
