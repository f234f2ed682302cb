"""A key acts with its own role, never with its maker's: every verb, tried by keys of lower roles that owners made; and
edited cards wait.

The verbs are read from the server's own description of itself, so that a new one can't be forgotten.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

import pytest

from store.runs.runs import RunRow
from tests.acceptance.installation import PASSWORD, Installation
from tests.acceptance.test_events import reacted, runs_of, until

SUPPORT, ADMIN, OWN, OSCARS = "olivia's support", "olivia's admin", "olivia's owner", "oscar's support"
REFUND: Final = "refund Adam Nowak's last invoice"
"""Only an owner may: neither support nor an admin."""

BY_SCOPE_ALONE: Final = (
    "/v1/me", "/v1/actions/", "/v1/customers", "/v1/tickets", "/v1/connectors", "/v1/contracts", "/v1/events",
    "/v1/event-types", "/v1/webhooks/", "/v1/mirrors", "/healthz", "/readyz",
)  # fmt: skip
"""What belongs to no person: a key needs its scope, what it is about is judged by its role, or both."""


@dataclass(frozen=True)
class Verb:
    method: str
    path: str
    owners: bool

    def at(self, thing: str) -> str:
        return re.sub(r"\{\w+\}", thing, self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@pytest.fixture(scope="module")
def keys(world: Installation) -> Installation:
    for by, role, name in (
        ("olivia", "support", SUPPORT),
        ("olivia", "admin", ADMIN),
        ("olivia", "owner", OWN),
        ("oscar", "support", OSCARS),
    ):
        world.make_key(by, role, name)
    return world


def verbs(world: Installation) -> list[Verb]:
    document = world.clients["olivia"].get("/openapi.json")
    found = [
        Verb(method.upper(), path, "x-role" in operation)
        for path, each in document["paths"].items()
        for method, operation in each.items()
        if operation.get("security") != []
    ]
    assert len(found) > 50
    return found


def of_a(world: Installation, param: str) -> list[Verb]:
    found = [each for each in verbs(world) if f"{{{param}}}" in each.path]
    assert len(found) >= 4
    return found


def put_state(world: Installation, run: dict[str, Any], state: str) -> None:
    """A state that a run is in for a moment only, or only when the platform breaks off: held still."""
    world.rewrite(RunRow, run["id"], state=state)


def asked(world: Installation) -> dict[str, Any]:
    return world.ask("olivia", "refund Adam's last invoice")


def held(world: Installation) -> dict[str, Any]:
    return world.ask("olivia", REFUND)


def body_of(verb: Verb, run: dict[str, Any]) -> Any:
    """What would do most, were it let through. A verb that is not named here is a KeyError: say what it takes."""
    question, card = run["question"], run["card"]
    digest = card["digest"] if card else "sha256:" + "0" * 64
    bodies: dict[str, Any] = {
        "answer": {"slot": question["slot"], "choice": question["candidates"][0]["id"]}
        if question
        else {"slot": "0.invoice_id", "text": "INV-1042"},
        "edit": {"digest": digest, "changes": {"0.reason": "duplicate"}},
        "confirm": {"digest": digest},
        "reject": {"reason": "mine"},
        "decide": {"verdict": "happened"},
    }
    return None if verb.method == "GET" else bodies[verb.path.rpartition("/")[2]]


@pytest.mark.parametrize("state", ["asked", "held", "received", "unknown", "rejected"])
def test_a_lower_key_does_nothing_to_an_owners_run_nor_sees_it(keys: Installation, state: str) -> None:
    run = asked(keys) if state == "asked" else held(keys)
    assert run["state"] in ("asked", "held"), run
    if state != run["state"]:
        put_state(keys, run, state)
    before = keys.call("olivia", "GET", f"/v1/runs/{run['id']}")
    assert before[1]["state"] == state
    for verb in of_a(keys, "run_id"):
        for name, refused in ((SUPPORT, (403, "forbidden")), (ADMIN, (403, "forbidden")), (OSCARS, (404, "not_found"))):
            status, answer = keys.call(name, verb.method, verb.at(run["id"]), body_of(verb, run))
            wanted = (403, "forbidden") if verb.owners else refused
            assert (status, answer["code"]) == wanted, (str(verb), name, answer)
            assert "Nowak" not in json.dumps(answer), (str(verb), name)
    for name in (SUPPORT, ADMIN, OSCARS):
        assert run["id"] not in [each["id"] for each in keys.call(name, "GET", "/v1/runs")[1]["data"]], name
    assert keys.call("olivia", "GET", f"/v1/runs/{run['id']}") == before
    assert not keys.received_of(run["id"])
    by_a_lower_key = keys.entries(run, "confirm_refused")
    assert {each["actor"]["role"] for each in by_a_lower_key} == {"support", "admin"}, "what was tried is on record"
    if state in ("received", "unknown"):  # nothing is left for a worker to find
        put_state(keys, run, "rejected")


def test_a_covering_role_sees_confirms_and_rejects_but_does_not_answer_or_edit(
    keys: Installation,
) -> None:
    run = keys.ask("olivia", "change Nora Lindqvist's email to nora.covered@example.net")
    assert run["state"] == "held", run
    path, digest = f"/v1/runs/{run['id']}", run["card"]["digest"]
    assert keys.call(SUPPORT, "GET", path)[0] == 403
    assert keys.call(OSCARS, "GET", path)[0] == 404
    assert keys.call(ADMIN, "GET", path)[1]["card"]["digest"] == digest
    changes = {"digest": digest, "changes": {"0.email": "nora.other@example.net"}}
    assert keys.call(ADMIN, "POST", f"{path}/edit", changes)[0] == 403, "it would go on as an owner's"
    done = keys.confirm(ADMIN, run)
    assert done["state"] == "succeeded", done
    again = keys.ask("olivia", "change Nora Lindqvist's email to nora.rejected@example.net")
    assert keys.act(ADMIN, again, "reject")["state"] == "rejected"


def test_an_owner_answers_what_their_own_lower_key_asked_and_it_goes_on_as_that_key(keys: Installation) -> None:
    run = keys.ask(SUPPORT, "cancel Adam's subscription")
    assert run["state"] == "asked", run
    body = {"slot": run["question"]["slot"], "choice": run["question"]["candidates"][0]["id"]}
    for other in (ADMIN, OSCARS):
        assert keys.call(other, "POST", f"/v1/runs/{run['id']}/answer", body)[0] in (403, 404), other
    held = keys.act(OWN, run, "answer", **body)
    assert (held["state"], held["actor"]["role"]) == ("held", "support"), held
    assert json.loads(held["card"]["calls"][0]["payload"])["actor"]["role"] == "support"
    assert keys.act(SUPPORT, held, "reject")["state"] == "rejected"


def test_a_yes_given_once_in_a_session_serves_only_the_role_it_was_given_in(keys: Installation) -> None:
    tickets = keys.platform("GET", "/api/tickets?limit=50")["items"]
    open_ones = iter([each for each in tickets if each["status"] == "open"])

    def link() -> dict[str, Any]:
        ticket = next(open_ones)["id"]
        return keys.ask(SUPPORT, f"send the how-to-reset-password article to ticket {ticket}", session="s")

    first = link()
    assert first["state"] == "held", first
    assert keys.confirm(OWN, first)["state"] == "succeeded"
    second = link()  # its maker's yes as an owner is none of the support key's
    assert second["state"] == "held", second
    assert keys.confirm(SUPPORT, second)["state"] == "succeeded"
    assert link()["state"] == "succeeded", "its own yes is"


RULE: Final = {
    "name": "Refund what is disputed",
    "event": "invoice.disputed",
    "action": "saas.refund_invoice",
    "parameters": {"invoice_id": {"from": "/data/invoice_id"}},
    "mode": "off",
}
INSTRUCTION: Final = {
    "name": "Refund what is disputed",
    "event": "invoice.disputed",
    "text": "Refund invoice {data.invoice_id}",
    "actions": ["saas.close_ticket", "saas.refund_invoice"],
    "mode": "off",
    "allow_unattended": True,
}
CHANGES: Final = (
    {"mode": "on"}, {"mode": "shadow"}, {"mode": "off"}, {"name": "mine"}, {"event": "*"}, {"max_per_hour": 9_999},
)  # fmt: skip


@pytest.mark.parametrize(
    ("param", "path", "form"), [("rule_id", "/v1/rules", RULE), ("instruction_id", "/v1/instructions", INSTRUCTION)]
)
def test_a_lower_key_changes_switches_and_looks_into_nothing_that_acts_as_an_owner(
    keys: Installation, param: str, path: str, form: dict[str, Any]
) -> None:
    there = keys.clients["olivia"].post(path, form)
    for name in (SUPPORT, ADMIN, OSCARS):
        assert keys.call(name, "POST", path, form)[0] == 403, "nor makes one like it"
        for verb in of_a(keys, param):
            at = verb.at(there["id"])
            if verb.method == "GET":  # that it is there and what it does is everybody's to know
                assert keys.call(name, "GET", at)[0] == 200, (str(verb), name)
                continue
            for changes in CHANGES if verb.method == "PATCH" else ({},):
                status, answer = keys.call(name, verb.method, at, None if verb.method == "DELETE" else changes)
                assert (status, answer["code"]) == (403, "forbidden"), (str(verb), name, changes, answer)
    assert keys.call("olivia", "GET", f"{path}/{there['id']}")[1] == there
    assert keys.call(OWN, "PATCH", f"{path}/{there['id']}", {"mode": "shadow"})[0] == 200
    assert keys.call(OWN, "DELETE", f"{path}/{there['id']}")[0] == 200


def test_what_shadow_mode_would_have_sent_is_not_shown_to_a_lower_key(keys: Installation) -> None:
    rule = keys.clients["olivia"].post("/v1/rules", RULE | {"event": "shadow.met", "mode": "shadow"})
    event = keys.clients["olivia"].post("/v1/events/fire", {"event": "shadow.met", "data": {"invoice_id": 1042}})
    reacted(keys, event["id"])
    for name, shown in ((OWN, True), (SUPPORT, False), (ADMIN, False), (OSCARS, False)):
        (firing,) = keys.clients[name].get(f"/v1/rules/{rule['id']}/firings")["data"]
        assert (firing["would"] is not None) is shown, name


def test_a_rule_that_a_lower_key_may_switch_on_acts_as_that_key_from_then_on(keys: Installation) -> None:
    form = {
        "name": "Low", "event": "ticket.created", "action": "saas.set_ticket_priority", "mode": "off",
        "parameters": {"ticket_id": {"from": "/data/ticket_id"}, "priority": {"value": "low"}},
    }  # fmt: skip
    rule = keys.clients["olivia"].post("/v1/rules", form)
    path = f"/v1/rules/{rule['id']}"
    assert keys.call(OSCARS, "PATCH", path, {"mode": "on"})[0] == 403, "another person's"
    assert keys.call(SUPPORT, "PATCH", path, {"mode": "off"})[1]["author"] == rule["author"]
    switched = keys.call(SUPPORT, "PATCH", path, {"mode": "on"})[1]
    assert (switched["mode"], switched["author"]["name"]) == ("on", SUPPORT)
    event = keys.clients["olivia"].post(
        "/v1/events/fire", {"event": "ticket.created", "data": {"ticket_id": 5523, "priority": "high"}}
    )
    reacted(keys, event["id"])
    (run,) = until(lambda: [each for each in runs_of(keys, event["id"]) if each["state"] == "succeeded"])
    assert run["actor"]["role"] == "support"
    (received,) = keys.received_of(run["id"])
    assert received["params"] == {"ticket_id": 5523, "priority": "low"}
    assert keys.call(OWN, "DELETE", path)[0] == 200


def test_every_other_verb_is_for_owners_keys_or_belongs_to_nobody(keys: Installation) -> None:
    """Keys, contracts, history, connectors' secrets: 403 for a lower key with every scope, by whomever it was made."""
    owners = [each for each in verbs(keys) if each.owners and "{run_id}" not in each.path]
    assert len(owners) > 12
    before = keys.call("olivia", "GET", "/v1/contracts")
    for verb in owners:
        for name in (SUPPORT, ADMIN, OSCARS):
            body = None if verb.method in ("GET", "DELETE") else {"role": "owner"}
            status, answer = keys.call(name, verb.method, verb.at("x"), body)
            assert (status, answer["code"]) == (403, "forbidden"), (str(verb), name, answer)
    assert keys.call("olivia", "GET", "/v1/contracts") == before
    persons = ("{run_id}", "{rule_id}", "{instruction_id}", "/v1/runs", "/v1/rules", "/v1/instructions")
    for verb in verbs(keys):
        if not verb.owners and not any(each in verb.path for each in persons):
            assert verb.path.startswith(BY_SCOPE_ALONE), f"say whose {verb} is"


# ── edited cards ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_card_edited_below_its_policys_threshold_waits_all_the_same_and_says_why(keys: Installation) -> None:
    run = keys.ask("olivia", "give Hugo Bernard 91 EUR credit")
    assert run["state"] == "held", run
    edited = keys.act("olivia", run, "edit", digest=run["card"]["digest"], changes={"0.amount": "20 EUR"})
    assert edited["state"] == "held", edited
    assert edited["card"]["digest"] != run["card"]["digest"]
    assert edited["card"]["held"] == ["It was edited after it was shown, so this new card waits for a yes."]
    assert not keys.received_of(run["id"])
    assert keys.confirm("olivia", edited)["state"] == "succeeded"
    (received,) = keys.received_of(run["id"])
    assert (received["params"]["amount"], received["times_received"]) == (2000, 1)


def test_an_edit_that_leads_to_a_question_still_ends_at_a_card_that_waits(keys: Installation) -> None:
    run = keys.ask("olivia", "give Hugo Bernard 92 EUR credit")
    changes = {"0.amount": "21 EUR", "0.customer_id": "Adam"}
    question = keys.act("olivia", run, "edit", digest=run["card"]["digest"], changes=changes)
    assert question["state"] == "asked", question
    choice = question["question"]["candidates"][0]["id"]
    card = keys.act("olivia", question, "answer", slot=question["question"]["slot"], choice=choice)
    assert card["state"] == "held", card
    assert "edited" in card["card"]["held"][0]
    assert not keys.received_of(run["id"])


def test_a_card_whose_record_changed_is_shown_again_though_its_policy_would_send_it(keys: Installation) -> None:
    """Last in this file: the contract stays, and so does its customer's new address."""
    there = keys.clients["olivia"].get("/v1/contracts/saas.apply_credit")["contract"]
    watched = {"policy": "when", "condition": "records.customer_id.email.endsWith('.org')"}
    draft = json.dumps(there | {"version": 2, "confirmation": watched})
    keys.console("olivia").send("/draft", "/draft", raw=draft, password=PASSWORD)
    run = keys.ask("olivia", "give Emma Fischer 23 EUR credit")
    assert run["state"] == "held", run
    emma = json.loads(run["card"]["calls"][0]["payload"])["params"]["customer_id"]
    keys.platform("PATCH", f"/api/customers/{emma}", {"email": "emma@example.net"})
    fresh = keys.confirm("olivia", run)
    assert fresh["state"] == "held", fresh
    assert fresh["card"]["held"] == ["What it stood on changed after it was shown, so this new card waits for a yes."]
    assert not keys.received_of(run["id"])
    assert keys.confirm("olivia", fresh)["state"] == "succeeded"
    (received,) = keys.received_of(run["id"])
    assert received["times_received"] == 1
    assert keys.ask("olivia", "give Emma Fischer 24 EUR credit")["state"] == "succeeded", "a new one goes at once"
