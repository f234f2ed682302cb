"""A typed request becomes one grounded, confirmed, signed and recorded call, or a plain word why not."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.client import Client, Refused
from core.errors import Forbidden
from tests.acceptance.installation import Installation


def test_the_refund_story_from_words_to_the_platforms_ledger(world: Installation) -> None:
    run = world.ask("olivia", "refund Adam's last invoice")
    assert run["state"] == "asked"
    labels = [each["label"] for each in run["question"]["candidates"]]
    assert labels == ["Adam Novak", "Adam Nowak"]

    novak = run["question"]["candidates"][0]["id"]
    run = world.act("olivia", run, "answer", slot=run["question"]["slot"], choice=novak)
    assert run["state"] == "held"
    (call,) = run["card"]["calls"]
    params = {each["name"]: each for each in call["params"]}
    assert (params["invoice_id"]["value"], params["amount"]["value"], params["currency"]["value"]) == (
        1042,
        4900,
        "EUR",
    )
    assert params["invoice_id"]["source"]["spans"][0]["text"] == "Adam"
    assert (params["amount"]["source"]["kind"], params["amount"]["source"]["field"]) == ("record", "refundable")
    assert not world.received(call["call_id"]), "nothing may leave before the yes"

    run = world.confirm("olivia", run)
    assert run["state"] == "succeeded"
    (received,) = world.received(call["call_id"])
    assert received["times_received"] == 1
    assert (
        received["params"]
        == json.loads(call["payload"])["params"]
        == {name: each["value"] for name, each in params.items()}
    )
    assert world.kinds(run) == [
        "prompt", "resolved", "asked", "answered", "held", "confirmed", "call_begun", "call_settled", "finished",
    ]  # fmt: skip
    assert world.verify()["ok"]


def test_what_is_on_the_card_is_what_is_sent_byte_for_byte(world: Installation) -> None:
    run = world.ask("olivia", "apply a credit of 80 EUR to Nora Lindqvist")
    assert run["state"] == "held", run
    (call,) = run["card"]["calls"]
    run = world.confirm("olivia", run)
    assert run["state"] == "succeeded"
    begun = world.entries(run, "call_begun")[0]
    assert begun["data"]["payload"] == call["payload"]


def test_a_request_that_needs_no_confirmation_is_sent_at_once(world: Installation) -> None:
    run = world.ask("sara", "resend invoice INV-1042")
    assert run["state"] == "succeeded", run
    confirmed, begun = (world.entries(run, kind)[0]["at"] for kind in ("auto_confirmed", "call_begun"))
    waited = datetime.fromisoformat(begun) - datetime.fromisoformat(confirmed)
    assert waited < timedelta(seconds=4), "it was woken, not found by the poll of every five seconds"


def test_the_weather_is_nobodys_contract(world: Installation) -> None:
    run = world.ask("olivia", "what's the weather in Prague tomorrow?")
    assert run["state"] == "abstained"
    assert run["refusal"]["code"] == "no_match"
    assert run["card"] is None


def test_a_role_that_may_not_refund_is_not_even_offered_it(world: Installation) -> None:
    run = world.ask("sara", "refund invoice INV-1042")
    assert (run["state"], run["refusal"]["code"]) == ("refused", "forbidden"), run
    assert run["refusal"]["detail"].startswith("Only owners may do that")
    resolved = world.entries(run, "resolved")[0]["data"]
    assert "1042" not in json.dumps(resolved["resolution"]), "nothing is prepared"
    assert "saas.refund_invoice" not in resolved["trace"].get("shortlist", ())


def test_somebody_without_the_role_cannot_confirm_anothers_card(world: Installation) -> None:
    run = world.ask("olivia", "refund invoice INV-1050")
    assert run["state"] == "held", run
    with pytest.raises(Refused) as refused:
        world.clients["sara"].post(f"/v1/runs/{run['id']}/confirm", {"digest": run["card"]["digest"]})
    assert refused.value.problem["status"] == 404, "who may not approve it does not even see it"
    world.act("olivia", run, "reject", reason="only looking")


def test_a_hundred_racing_confirms_send_once(world: Installation) -> None:
    run = world.ask("olivia", "give Hugo Bernard 75 EUR credit")
    assert run["state"] == "held", run
    body = {"digest": run["card"]["digest"]}

    def press(_: int) -> str:
        try:
            state: str = world.clients["olivia"].post(f"/v1/runs/{run['id']}/confirm", body)["state"]
            return state
        except Refused as refused:
            return str(refused.problem["code"])

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(press, range(100)))
    assert answers <= {"confirmed", "executing", "succeeded"}, answers
    run = world.clients["olivia"].get(f"/v1/runs/{run['id']}", "wait_s=20")
    assert run["state"] == "succeeded"
    (received,) = world.received(run["outcomes"][0]["call_id"])
    assert received["times_received"] == 1
    assert world.kinds(run).count("confirmed") == 1


def test_two_people_must_agree_and_the_one_who_asked_counts_once(world: Installation) -> None:
    run = world.ask("amir", 'suspend Brightwater with the reason "unpaid bills"')
    assert run["state"] == "held", run
    assert run["card"]["approvals_needed"] == 2
    with pytest.raises(Refused) as refused:
        world.act("amir", run, "confirm", digest=run["card"]["digest"])
    assert refused.value.problem["code"] == "person_required", "of two who must agree none is a key"
    run = world.confirm("amir", run)
    assert run["state"] == "held"
    assert len(run["card"]["approvals"]) == 1
    with pytest.raises(Forbidden, match="You have approved this already"):
        world.confirm("amir", run)
    run = world.confirm("oscar", run)
    assert run["state"] == "succeeded"


def test_a_record_that_changed_between_card_and_click_gives_a_new_card_that_shows_it(
    world: Installation,
) -> None:
    run = world.ask("amir", "change Nora Lindqvist's email to nora.l@example.net")
    assert run["state"] == "held", run
    before = run["card"]["digest"]
    pin = world.entries(run, "held")[0]["data"]["plan"]["calls"][0]["pins"][0]
    world.platform("PATCH", f"/api/customers/{pin['id']}", {"company": "Lindqvist & Daughters"})
    run = world.confirm("amir", run)
    assert run["state"] == "held"
    assert run["card"]["digest"] != before
    assert any("Lindqvist & Daughters" in each for each in run["card"]["drift"]), run["card"]["drift"]
    assert "drifted" in world.kinds(run)
    run = world.confirm("amir", run)
    assert run["state"] == "succeeded"


def test_an_edit_is_a_new_plan_and_the_old_digest_is_worth_nothing(world: Installation) -> None:
    run = world.ask("olivia", "give Hugo Bernard 90 EUR credit")
    before = run["card"]["digest"]
    run = world.act("olivia", run, "edit", digest=before, changes={"0.amount": "60 euros"})
    assert run["state"] == "held", run
    amount = next(each for each in run["card"]["calls"][0]["params"] if each["name"] == "amount")
    assert amount["value"] == 6000
    with pytest.raises(Refused) as refused:
        world.clients["olivia"].post(f"/v1/runs/{run['id']}/confirm", {"digest": before})
    assert refused.value.problem["code"] == "stale"
    assert world.confirm("olivia", run)["state"] == "succeeded"


def test_hostile_names_and_tickets_are_shown_as_what_they_are_and_change_nothing(world: Installation) -> None:
    run = world.ask("olivia", "refund invoice INV-1065")
    assert run["state"] == "held", run
    (call,) = run["card"]["calls"]
    body = json.loads(call["payload"])
    assert call["action"] == "saas.refund_invoice"
    assert body["params"]["amount"] == 4900, "the invoice's note asks for 100000"
    assert body["params"]["invoice_id"] == 1065
    world.act("olivia", run, "reject", reason="")


def test_lookalike_customers_are_asked_about_and_shown_apart(world: Installation) -> None:
    run = world.ask("olivia", "give Marta Kowalska 10 PLN credit")
    assert run["state"] == "asked", run
    marks = [mark for each in run["question"]["candidates"] for mark in each["marks"]]
    assert any("CYRILLIC" in mark for mark in marks), run["question"]


def test_several_actions_are_one_card_and_run_in_order(world: Installation) -> None:
    run = world.ask("amir", "close ticket 5519 and extend Oskar Lund's trial by 20 days")
    assert run["state"] == "held", run
    assert [call["action"] for call in run["card"]["calls"]] == ["saas.close_ticket", "saas.extend_trial"]
    run = world.confirm("amir", run)
    assert [each["state"] for each in run["outcomes"]] == ["succeeded", "succeeded"]


def test_another_key_sees_nothing_and_a_wrong_signature_opens_nothing(world: Installation) -> None:
    run = world.ask("olivia", "resend invoice INV-1042")
    with pytest.raises(Refused) as hidden:
        world.clients["sara"].get(f"/v1/runs/{run['id']}")
    assert hidden.value.problem["code"] == "not_found"
    olivia = world.clients["olivia"]
    with pytest.raises(Refused) as unknown:
        Client(olivia.url, olivia.key, "sk_test_wrong").get("/v1/me")
    assert unknown.value.problem["status"] == 401
    with pytest.raises(Refused) as not_owner:
        world.clients["amir"].get("/v1/history")
    assert not_owner.value.problem["code"] == "forbidden"


def test_the_demo_tells_its_story_whatever_lies_in_the_folder_it_starts_in(tmp_path: Path) -> None:
    for name in ("agent", "cli", "connectors", "core", "demo", "events", "executors", "registry", "store", "web"):
        (tmp_path / f"{name}.py").write_text(f"raise SystemExit('{name} of another project')", "utf-8")
    opsiq = Path(sys.executable).with_name("opsiq")
    done = subprocess.run(
        [opsiq, "demo", "--once"], capture_output=True, text=True, timeout=300, check=True, cwd=tmp_path
    )
    steps: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["step"] for each in steps] == ["resolved", "asked", "held", "confirmed", "sent", "recorded"]
    assert steps[-1]["chain"] == "unbroken"
