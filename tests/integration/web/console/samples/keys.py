"""One sample of each page about keys: every field is filled, and with markup where words stand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from web.console import labels, secret
from web.console.forms import FormOption
from web.console.keys import keys
from web.console.pages import Page, Pagination, Shell

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
BADGE = labels.Badge("a badge", "good")


def of_keys(shell: Shell) -> dict[type[Page], Page]:
    return {
        keys.KeysPage: keys.KeysPage(
            shell=shell,
            title="API keys",
            lines=(
                keys.KeyTableRow(
                    "key_1",
                    "<b>shop</b>",
                    "<b>Ada</b>",
                    "pk_test_1",
                    BADGE,
                    "owner",
                    "events:write, me:read",
                    AT,
                    AT,
                    BADGE,
                    "it <left>",
                ),
            ),
            place=Pagination(total=91, first=31, before=0, after=60),
        ),
        keys.KeyPage: keys.KeyPage(
            shell=shell,
            title="a key",
            key_id="key_1",
            name="<b>shop</b>",
            public="pk_test_1",
            mode=BADGE,
            state=BADGE,
            usable=True,
            blocked="somebody <left>",
            acting=("<b>a rule</b>", "another"),
            role="support",
            person="Olivia <b>",
            scopes=(keys.Scope("events:write", "fires & more"),),
            created_at=AT,
            last_used_at=AT + timedelta(days=1),
            expires_at=AT + timedelta(days=2),
            revoked_at=None,
            rotating_until=AT + timedelta(days=3),
            overlap_h=24,
            not_yours="",
            trouble="wrong & again",
        ),
        keys.NewKeyPage: keys.NewKeyPage(
            shell=shell,
            title="New key",
            name="<b>shop</b>",
            modes=(FormOption("test", "for tests", True),),
            roles=(FormOption("owner", "an owner", True),),
            expiries=(FormOption("30", "in a month", True),),
            scopes=(keys.Scope("events:write", "fires & more", True),),
            trouble="too <short>",
        ),
        secret.SecretPage: secret.SecretPage(
            shell=shell,
            title="made",
            heading="It is <made>",
            advice="keep it",
            lines=(secret.SecretRow("secret", "The secret", "sk_<x>", True),),
            href="/onward",
            onward="go on",
        ),
    }
