"""What was held while somebody might is not sent once they may not: whoever says yes, and by whichever door."""

from __future__ import annotations

from typing import Any

import pytest

from cli.client import Client, Refused
from core.errors import Forbidden
from store.accounts.members import MemberRow
from tests.acceptance.installation import Installation, list_scopes


def asked(world: Installation, client: Client, ticket: int) -> dict[str, Any]:
    """A card that waits for a yes."""
    body = {"action": "saas.send_kb_link", "params": {"ticket_id": ticket, "article": "how-to-reset-password"}}
    run: dict[str, Any] = client.post("/v1/actions/run", body)
    assert run["state"] == "held", run
    return run


def lower_key(world: Installation) -> tuple[str, Client]:
    body = {"name": "short", "role": "support", "scopes": list_scopes("support"), "mode": "live"}
    made = world.clients["oscar"].post("/v1/keys", body)
    return made["key"]["id"], Client(world.url, made["key"]["public"], made["secret"])


def nothing_came(world: Installation, run: dict[str, Any], why: str) -> None:
    now = world.clients["olivia"].get(f"/v1/runs/{run['id']}", "wait_s=5")
    assert now["state"] in ("refused", "held", "received", "rejected"), now
    assert world.received_of(run["id"]) == []
    if now["refusal"]:
        assert why in now["refusal"]["detail"], now["refusal"]


@pytest.mark.parametrize("door", ["page", "api"])
def test_a_card_of_a_key_that_was_revoked_is_not_sent_by_anybodys_yes(world: Installation, door: str) -> None:
    key_id, short = lower_key(world)
    run = asked(world, short, 5519)
    world.clients["oscar"]._call("DELETE", f"/v1/keys/{key_id}", "", b"", f"revoke-{door}")
    with pytest.raises(Refused):
        short.post(f"/v1/runs/{run['id']}/confirm", {"digest": run["card"]["digest"]})
    try:
        if door == "page":
            world.console("olivia").confirm(run["id"], run["card"]["digest"])
        else:
            world.clients["olivia"].post(f"/v1/runs/{run['id']}/confirm", {"digest": run["card"]["digest"]})
    except (Forbidden, Refused):
        pass
    nothing_came(world, run, "revoked")


@pytest.mark.parametrize("lost", ["access", "role"])
@pytest.mark.parametrize("door", ["page", "api"])
def test_a_card_of_who_lost_the_right_is_not_sent_by_anybodys_yes(world: Installation, lost: str, door: str) -> None:
    amir = next(row[0] for row in world.execute("SELECT id FROM members WHERE name = 'amir'"))
    run = asked(world, world.clients["amir"], 5520)
    world.rewrite(MemberRow, amir, **({"state": "disabled"} if lost == "access" else {"role": "guest"}))
    try:
        if door == "page":
            world.console("olivia").confirm(run["id"], run["card"]["digest"])
        else:
            world.clients["olivia"].post(f"/v1/runs/{run['id']}/confirm", {"digest": run["card"]["digest"]})
    except (Forbidden, Refused):
        pass
    finally:
        nothing_came(world, run, "amir")
        world.rewrite(MemberRow, amir, state="active", role="admin")


def test_what_is_under_way_when_its_key_is_revoked_ends_one_way_or_the_other_and_never_twice(
    world: Installation,
) -> None:
    """Accepted, and revoked before it is sent: it is refused, or it was sent already."""
    for n in range(6):
        key_id, short = lower_key(world)
        body = {"action": "saas.set_ticket_priority", "params": {"ticket_id": 5519, "priority": ("high", "low")[n % 2]}}
        run = short.post("/v1/actions/run", body)
        world.clients["oscar"]._call("DELETE", f"/v1/keys/{key_id}", "", b"", f"revoke-at-once-{n}")
        over = world.clients["olivia"].get(f"/v1/runs/{run['id']}", "wait_s=20")
        sent = world.received_of(run["id"])
        assert (over["state"], len(sent)) in (("succeeded", 1), ("refused", 0), ("failed", 0), ("failed", 1)), over
        if over["state"] == "refused":
            assert "revoked" in over["refusal"]["detail"]


def test_a_contract_that_is_suspended_while_its_card_waits_is_not_sent(world: Installation) -> None:
    run = asked(world, world.clients["amir"], 5519)
    olivia = world.clients["olivia"]
    body = {"version": 1, "reason": {"operation": "POST /x", "change": "removed"}}
    olivia.post("/v1/contracts/saas.send_kb_link/suspend", body)
    with pytest.raises((Forbidden, Refused)):
        world.clients["amir"].post(f"/v1/runs/{run['id']}/confirm", {"digest": run["card"]["digest"]})
    nothing_came(world, run, "")
