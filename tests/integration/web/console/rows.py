"""One row of everything that a page of the console can show, for an actor's workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import store.history.views
from core import ids
from core.actor import Actor
from core.webhook_signature import make_secret
from evals.report import report_storage
from events.automations.service import InstructionForm, RuleForm, Source
from store.history.views import HistoryViewRow
from tests.integration.web.console.console import CONTRACT, PASSWORD, Console
from tests.integration.web.console.samples.evals import report_json

FIELDS: Final = {
    "once": "a-ticket",
    "password": PASSWORD,
    "slot": "action",
    "text": "x",
    "words": "x",
    "verdict": "happened",
    "digest": "x",
    "url": "https://hooks.example/in",
    "patterns": "*",
    "since": "2026-11-24T10:00",
    "mode": "off",
    "name": "a name",
    "query": "kind=held",
}
"""Enough for any form to get past its own reading."""


@dataclass(frozen=True)
class Rows:
    ids: dict[str, str]

    def at(self, path: str) -> str:
        """A route's path with this workspace's ids in it."""
        return path.format(**self.ids)


async def rows_of(console: Console, actor: Actor) -> Rows:
    run = await console.run_of(actor)
    key, _ = await console.container.key_admin.create_key(actor, "a key", scopes={"events:write"})
    endpoint = await console.container.webhooks.endpoints.create(
        actor, "https://hooks.example/in", ["*"], description="ours"
    )
    endpoint_id = endpoint.shown.row.id
    delivery = await console.container.webhooks.redelivery.test(actor, endpoint_id, "invoice.paid")
    event = await console.container.events.publisher.publish(actor, "parcel.lost", {"parcel": 7})
    own = CONTRACT | {"name": f"shop.of_{actor.workspace.lower()}"}
    await console.container.contract_admin.register(actor, [own])
    parameters = {"order": Source(**{"from": "/data/parcel"})}
    rule = await console.container.events.automation_service.add_rule(
        actor, RuleForm(name="ours", event="parcel.*", action=str(own["name"]), parameters=parameters)
    )
    told = InstructionForm(
        name="ours too", event="parcel.*", text="Refund order {data.parcel}", actions=[rule.contract]
    )
    instruction = await console.container.events.automation_service.add_instruction(actor, told)
    invited = await console.container.member_service.invite(
        actor, email=f"new@{actor.workspace.lower()}.test", role="support"
    )
    secrets = {"read_token": "a-token-of-the-tests", "action_secret": make_secret()}
    await console.container.workspace_admin.connect(actor, "saas", "https://platform.example", secrets)
    kept = await report_storage.store_report(console.container.database, actor, report_json(), console.clock())
    view = HistoryViewRow(
        id=ids.make_id("hvw"),
        workspace=actor.workspace,
        person=actor.person,
        person_name=actor.name,
        name="held",
        query="kind=held",
        shared=True,
        created_at=console.clock(),
    )
    async with console.container.database.begin() as session:
        await store.history.views.save_view(session, view)
    return Rows(
        {
            "view_id": view.id,
            "report_id": kept.id,
            "member_id": invited.member.id,
            "run_id": run.id,
            "seq": "1",
            "key_id": key.id,
            "endpoint_id": endpoint_id,
            "delivery_id": delivery.id,
            "event_id": event.id,
            "event_type": "invoice.paid",
            "connector": "saas",
            "rule_id": rule.id,
            "instruction_id": instruction.id,
            "name": str(own["name"]),
        }
    )
