"""Example responses of the API, by schema name. A test checks each example against its schema, and that every answer
has one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_AT: Final = "2026-11-24T12:00:00.000000Z"
_SHA: Final = "sha256:3792" + "0" * 56 + "8a11"
_EVENT: Final = "evt_01M87GY7M98A3E99ACP82VX3NR"
_RUN: Final = "run_01M87GY7M98A3E99ACP82VX3NR"
_CALL: Final = "act_01M87GY7MWXY9417SMV2N61KAE"
_KEY: Final = "key_01M87GY7APVNX2Z592NQF4V86T"
_PUBLIC: Final = "pk_test_gbbTT_zLcvU5-DwbbB-58OR5"
_MEMBER: Final = "mem_01M87GY2WSJ2RKA7EK6F8E66Y1"
_ENDPOINT: Final = "whe_01M87GY7C1YJ3W0Q2X9ZP5T6RB"
_URL: Final = "https://shop.example/opsiq/actions/send_kb_link"


def _page(one: Any) -> dict[str, Any]:
    return {"data": [one], "next": None}


def _all(one: Any) -> dict[str, Any]:
    return {"data": [one]}


_ACTOR: Final[Mapping[str, Any]] = {"id": _KEY, "name": "shop backend", "role": "owner"}
_PARAM: Final[Mapping[str, Any]] = {
    "name": "ticket_id",
    "label": "Ticket",
    "value": 5519,
    "shown": "#5519 · I can't reset my password",
    "source": {
        "kind": "given",
        "by": "api",
        "pointer": "/params/ticket_id",
        "ref": _PUBLIC,
        "reading": "ticket #5519 · I can't reset my password",
    },
}
_CARD: Final[Mapping[str, Any]] = {
    "digest": _SHA,
    "held": ["“Send a help article” is confirmed once in a session."],
    "confirm_by": "anyone",
    "approvals_needed": 1,
    "approvals": [],
    "drift": [],
    "calls": [
        {
            "call_id": _CALL,
            "action": "saas.send_kb_link",
            "version": 1,
            "title": "Send a help article",
            "preview": "Send “How to reset your password” in ticket #5519 to Adam Novak.",
            "risk": "write",
            "url": _URL,
            "payload": '{"action":"saas.send_kb_link","contract_version":1,"params":{"ticket_id":5519}}',
            "method": "POST",
            "headers": {},
            "connection": None,
            "params": [_PARAM],
        }
    ],
}
_RUN_VIEW: Final[Mapping[str, Any]] = {
    "id": _RUN,
    "thread_id": _RUN,
    "mode": "live",
    "state": "held",
    "text": "send the password reset guide to ticket 5519",
    "surface": "admin",
    "cause": None,
    "actor": _ACTOR,
    "created_at": _AT,
    "updated_at": _AT,
    "expires_at": "2026-11-24T12:15:00.000000Z",
    "question": None,
    "reply": None,
    "card": _CARD,
    "refusal": None,
    "reason": None,
    "outcomes": [],
}
_EVENT_VIEW: Final[Mapping[str, Any]] = {
    "id": _EVENT,
    "event": "order.shipped",
    "mode": "live",
    "data": {"customer_id": 421, "order_ref": "NB-9182", "carrier": "DHL"},
    "occurred_at": _AT,
    "fired_at": _AT,
    "finished_at": _AT,
    "origin": f"key:{_PUBLIC}",
    "caused_by": None,
    "depth": 0,
    "state": "done",
    "request_id": "req_01M87GY7GY9YGZY2SX3RPZMQBX",
}
_REACTION: Final[Mapping[str, Any]] = {
    "subscriber": "webhooks",
    "priority": 40,
    "blocking": False,
    "state": "done",
    "attempts": 1,
    "detail": "1 delivery",
    "error": "",
    "started_at": _AT,
    "finished_at": _AT,
}
_EVENT_TYPE: Final[Mapping[str, Any]] = {
    "name": "order.shipped",
    "category": "orders",
    "title": "Order shipped",
    "description": "An order left for the customer.",
    "schema": {"type": "object", "required": ["order_ref"], "properties": {"order_ref": {"type": "string"}}},
    "sample": {"order_ref": "NB-9182"},
}
_OF_SETUP: Final[Mapping[str, Any]] = {
    "author": {"id": _MEMBER, "name": "Olivia"},
    "blocked": None,
    "created_at": _AT,
    "updated_at": _AT,
    "revision": 1,
}
_RULE: Final[Mapping[str, Any]] = {
    "id": "rul_01M87GY7M98A3E99ACP82VX3NR",
    "name": "Thank big payers",
    "event": "invoice.paid",
    "condition": "event.data.amount >= 100000",
    "action": "saas.apply_credit",
    "surface": "admin",
    "parameters": {"customer_id": {"from": "/data/customer_id"}, "amount": {"value": 500}},
    "mode": "on",
    "max_per_hour": 100,
    "note": "",
    **_OF_SETUP,
}
_INSTRUCTION: Final[Mapping[str, Any]] = {
    "id": "ins_01M87GY7M98A3E99ACP82VX3NR",
    "name": "Spam",
    "event": "ticket.created",
    "text": "Close ticket {data.ticket_id}",
    "actions": ["saas.close_ticket"],
    "surface": "admin",
    "mode": "on",
    "max_per_hour": 100,
    "allow_unattended": False,
    **_OF_SETUP,
}
_FIRING: Final[Mapping[str, Any]] = {
    "event_id": _EVENT,
    "at": _AT,
    "verdict": "run",
    "run_id": _RUN,
    "detail": "held",
    "would": None,
}
_MET: Final[Mapping[str, Any]] = {
    "event_id": _EVENT,
    "event": "invoice.paid",
    "occurred_at": _AT,
    "verdict": "unmet",
    "detail": "event.data.amount >= 100000 does not hold.",
    "would": None,
}
_ENDPOINT_VIEW: Final[Mapping[str, Any]] = {
    "id": _ENDPOINT,
    "url": "https://example.com/hooks",
    "description": "Ledger",
    "events": ["invoice.*", "order.shipped"],
    "headers": ["x-ledger"],
    "per_minute": None,
    "state": "active",
    "why": "",
    "created_at": _AT,
    "changed_at": _AT,
    "previous_secret_until": None,
    "did_you_mean": None,
    "health": {
        "last_success_at": _AT,
        "last_failure_at": None,
        "failing_since": None,
        "consecutive_failures": 0,
        "attempts_24h": 12,
        "success_rate_24h": 1.0,
        "slowed_s": 0.0,
    },
}
_DELIVERY: Final[Mapping[str, Any]] = {
    "id": "dlv_01M87GY7M98A3E99ACP82VX3NR",
    "event_id": _EVENT,
    "event": "order.shipped",
    "endpoint": _ENDPOINT,
    "cause": "event",
    "state": "succeeded",
    "attempts": 1,
    "status": 200,
    "error": None,
    "detail": "",
    "created_at": _AT,
    "first_attempt_at": _AT,
    "next_attempt_at": None,
    "finished_at": _AT,
}
_ATTEMPT: Final[Mapping[str, Any]] = {
    "n": 1,
    "by_hand": False,
    "at": _AT,
    "duration_ms": 41,
    "request_headers": {"webhook-id": _EVENT, "opsiq-attempt": "1"},
    "status": 200,
    "error": None,
    "detail": "",
    "response": "ok",
    "response_cut": False,
}
_KEY_VIEW: Final[Mapping[str, Any]] = {
    "id": _KEY,
    "public": _PUBLIC,
    "name": "shop backend",
    "mode": "test",
    "role": "owner",
    "person": _MEMBER,
    "scopes": ["actions:run", "events:write"],
    "state": "active",
    "blocked": None,
    "created_at": _AT,
    "last_used_at": None,
    "expires_at": None,
    "revoked_at": None,
    "rotating_until": None,
}
_SIGNED: Final[Mapping[str, Any]] = {"verified": True, "why": None}
_SUMMARY: Final[Mapping[str, Any]] = {
    "name": "shop.restock",
    "version": 1,
    "digest": _SHA,
    "title": "Restock an article",
    "description": "Order more of an article.",
    "risk": "write",
    "policy": "always",
    "confirm_by": "anyone",
    "roles": ["owner"],
    "surfaces": ["admin"],
    "signature": _SIGNED,
}
_VERSION: Final[Mapping[str, Any]] = {
    "version": 1,
    "digest": _SHA,
    "state": "active",
    "registered_by": _MEMBER,
    "created_at": _AT,
    "changed_at": _AT,
}
_REGISTERED: Final[Mapping[str, Any]] = {
    "name": "shop.restock",
    "version": 1,
    "digest": _SHA,
    "fresh": True,
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}
_ENTRY: Final[Mapping[str, Any]] = {
    "seq": 29,
    "id": "his_01M87GY7N7P2E31910NEV46M3Y",
    "at": _AT,
    "kind": "rejected",
    "run_id": _RUN,
    "request_id": "req_01M87GY7GY9YGZY2SX3RPZMQBX",
    "actor": {"id": _KEY, "kind": "key", "name": "shop backend", "person": _MEMBER, "role": "owner"},
    "contract": "saas.send_kb_link",
    "outcome": "rejected",
    "risk": "write",
    "model": "offline",
    "prompt_version": None,
    "duration_ms": 16.349,
    "mode": "live",
    "thread_id": _RUN,
    "data": {"surface": "admin", "thread_id": _RUN, "reason": "Wrong customer"},
    "prev": _SHA,
    "digest": "sha256:481a" + "0" * 56 + "33f1",
}
_CUSTOMER: Final[Mapping[str, Any]] = {
    "kind": "customer",
    "id": "421",
    "label": "Adam Novak",
    "detail": "adam.novak@example.com · Novak Brewing · active · customer 421",
    "data": {"id": 421, "name": "Adam Novak", "email": "adam.novak@example.com", "status": "active"},
}
_CONNECTOR: Final[Mapping[str, Any]] = {
    "name": "saas",
    "title": "SaaS platform",
    "state": "enabled",
    "broken": None,
    "kinds": [
        {"name": "customer", "title": "Customer", "fields": [{"name": "name", "label": "Name", "type": "string"}]}
    ],
}

OF: Final[Mapping[str, Any]] = {
    "AcceptedView": {"id": _EVENT, "event": "order.shipped", "mode": "live", "did_you_mean": None},
    "CasesView": {
        "cases": [
            {
                "id": _RUN,
                "prompt": "close ticket 5519",
                "role": "support",
                "expected": {
                    "decision": "act",
                    "actions": [{"action": "saas.close_ticket", "params": {"ticket_id": [5519]}}],
                },
                "world": "world.json",
                "tags": ["confirmed"],
            }
        ],
        "world": {"schema": "opsiq/eval-world/v1", "contracts": [], "kinds": [], "records": {}},
        "skipped": {"not_typed": 3},
    },
    "ConnectorList": _all(_CONNECTOR),
    "ConnectionView": {"name": "berlin", "connector": "saas", "base_url": "https://platform.example"},
    "CheckList": {
        "data": [{"state": "ok", "about": "customer", "detail": "Listed and read: Emma Fischer."}],
    },
    "ContractList": _all(_SUMMARY),
    "CheckView": {
        "state": "works",
        "detail": "The platform answered 200 at /orders?limit=1, and did not refuse the credentials.",
        "status": 200,
        "duration_ms": 41,
    },
    "ContractView": {
        "name": "shop.restock",
        "version": 1,
        "digest": _SHA,
        "state": "active",
        "signature": _SIGNED,
        "contract": {"schema": "opsiq/contract/v1", "name": "shop.restock"},
        "jws": "eyJhbGciOiJFZDI1NTE5In0..RnpaRSpWv_1x3NeFYlEBusvfhFO6hSujofyvrIFf",
    },
    "CredentialView": {
        "connection": "saas",
        "type": "bearer",
        "created_at": "2026-11-27T09:00:00+00:00",
        "changed_at": "2026-11-27T09:00:00+00:00",
        "expires_at": "2027-11-27T00:00:00+00:00",
        "last_used_at": "2026-11-27T10:15:00+00:00",
        "refused_at": None,
        "warning": "",
    },
    "DeliveryDetail": {
        **_DELIVERY,
        "body": '{"id":"evt_01M87GY7M98A3E99ACP82VX3NR","type":"order.shipped","data":{}}',
        "attempt_log": [_ATTEMPT],
    },
    "DeliveryPage": _page(_DELIVERY),
    "DeliveryView": _DELIVERY,
    "DryRunView": _all(_MET),
    "EndpointList": _all(_ENDPOINT_VIEW),
    "EndpointView": _ENDPOINT_VIEW,
    "EndpointWithSecret": {**_ENDPOINT_VIEW, "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
    "EntryPage": _page(_ENTRY),
    "EntryView": _ENTRY,
    "EventDetail": {**_EVENT_VIEW, "reactions": [_REACTION]},
    "EventPage": _page(_EVENT_VIEW),
    "EventTypeList": _all(_EVENT_TYPE),
    "EventTypeView": _EVENT_TYPE,
    "FiringPage": _page(_FIRING),
    "HealthView": {"status": "ok"},
    "InstructionList": _all(_INSTRUCTION),
    "InstructionView": _INSTRUCTION,
    "IssuedKeyView": {"key": _KEY_VIEW, "secret": "sk_test_" + "A" * 43},
    "KeyList": _all(_KEY_VIEW),
    "KeyView": _KEY_VIEW,
    "MeView": {
        "workspace": "ws_01M87GY2TFCBQCXXY64Y338REY",
        "key": {
            "id": _KEY,
            "public": _PUBLIC,
            "name": "shop backend",
            "mode": "test",
            "scopes": ["actions:run", "events:write"],
        },
        "role": "owner",
    },
    "MirrorList": _all(
        {
            "connector": "saas",
            "kind": "customer",
            "events": ["customer.*"],
            "state": "ready",
            "fresh": True,
            "records": 82,
            "seen": 82,
            "began_at": _AT,
            "synced_at": _AT,
            "heard_at": None,
            "error": "",
        }
    ),
    "Problem": {
        "type": "https://opsiq.invalid/problems/not_found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no such run in this workspace.",
        "instance": f"/v1/runs/{_RUN}",
        "code": "not_found",
        "request_id": "req_01M87GY7GY9YGZY2SX3RPZMQBX",
        "retryable": False,
    },
    "ReadyView": {"status": "ok", "uncounted": 0},
    "RecordPage": _page(_CUSTOMER),
    "RecordView": _CUSTOMER,
    "RecordsPage": {
        "data": [{"id": "421", "label": "Adam Novak", "detail": "adam.novak@example.com", "marks": []}],
        "count": 21,
        "next": None,
    },
    "RegisteredList": _all(_REGISTERED),
    "ImportedView": {
        "title": "Shop",
        "version": "1",
        "openapi": "3.1.0",
        "document": _SHA,
        "operations": 2,
        "drafts": [
            {
                "name": "orders.cancel",
                "operation": "POST /orders/{id}/cancel",
                "title": "Cancel an order",
                "risk": "write",
                "notes": [],
                "contract": {"schema": "opsiq/contract/v2", "name": "orders.cancel"},
            }
        ],
        "refused": [
            {"operation": "PUT /orders/{id}/picture", "reason": "It takes a file, which contracts don't send."}
        ],
        "kinds": ["order"],
        "decide": ["Roles: nobody may run 1 of 1 drafts. Name roles, for all or for each."],
        "decisions": {"schema": "opsiq/import-decisions/v1"},
        "connector": {"schema": "opsiq/connector/v1", "name": "shop"},
    },
    "ToolList": {
        "data": [
            {
                "action": "saas.close_ticket",
                "tool": {
                    "type": "function",
                    "function": {
                        "name": "saas__close_ticket",
                        "description": "Close a ticket. Close a ticket that is open.",
                        "parameters": {"type": "object", "properties": {"ticket_id": {"type": "integer"}}},
                    },
                },
            }
        ],
        "more": False,
    },
    "SuspendedView": {"name": "shop.restock", "version": 1, "state": "suspended"},
    "UpstreamList": {"data": []},
    "RetiredView": {"name": "shop.restock", "version": 1, "state": "retired"},
    "RuleList": _all(_RULE),
    "RuleView": _RULE,
    "RunPage": _page(_RUN_VIEW),
    "RunView": _RUN_VIEW,
    "SharedSecretView": {
        "connector": "saas",
        "url": "https://opsiq.example/connectors/saas/webhook?workspace=ws_01M87GY2TFCBQCXXY64Y338REY",
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "previous_until": None,
    },
    "SpanView": {
        "id": "rec_01M87GY7M98A3E99ACP82VX3NR",
        "endpoint": _ENDPOINT,
        "since": "2026-11-24T06:00:00.000000Z",
        "until": _AT,
    },
    "TakenList": {"events": [{"id": _EVENT, "event": "invoice.paid", "repeated": False}]},
    "VerdictView": {
        "ok": True,
        "count": 29,
        "first_break": None,
        "why": None,
        "anchors": 3,
        "anchored": 28,
        "problems": [],
    },
    "VersionList": _all(_VERSION),
}
