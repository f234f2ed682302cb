"""Referring expressions → how to find the record."""

from __future__ import annotations

from typing import Any

import pytest

from agent.extract.references.find import find
from agent.extract.references.parse import parse
from agent.extract.references.value import Reference
from registry.records import Field, RecordKind, Relation

CUSTOMER = RecordKind(
    "customer",
    "Customer",
    ("customer", "client", "customers", "clients"),
    (Field("id", "id"), Field("name", search="name"), Field("email", "email", search="email")),
    states={"active": {"status": ("active",)}},
    order="created_at",
)
PLAN = RecordKind("plan", "Plan", ("plan", "plans"), (Field("id", "id"), Field("name", search="name")))
INVOICE = RecordKind(
    "invoice",
    "Invoice",
    ("invoice", "bill", "invoices", "bills"),
    (Field("id", "id"), Field("number", search="number"), Field("total", "money_minor")),
    relations=(Relation("plan", "plan_id"), Relation("customer", "customer_id")),
    order="issued_at",
    size="total",
    states={
        "unpaid": {"status": ("open", "overdue")},
        "past due": {"status": ("overdue",)},
        "paid": {"status": ("paid",)},
    },
)
TICKET = RecordKind(
    "ticket",
    "Ticket",
    ("ticket", "support ticket", "tickets"),
    (Field("id", "id"), Field("number", search="number"), Field("subject", search="text")),
    relations=(Relation("customer", "customer_id"),),
    order="created_at",
    size="priority",
    states={"open": {"status": ("open",)}},
)
KINDS = (CUSTOMER, PLAN, INVOICE, TICKET)
ADAM = Reference("customer", name="Adam")


def said(reference: Reference) -> dict[str, Any]:
    """Everything that differs from a bare reference, spans aside."""
    bare = Reference(reference.kind)
    fields = (
        "name",
        "number",
        "email",
        "text",
        "position",
        "by",
        "descending",
        "count",
        "every",
        "states",
        "pronoun",
        "mine",
    )
    made = {name: getattr(reference, name) for name in fields if getattr(reference, name) != getattr(bare, name)}
    for name in ("owner",):
        inner = getattr(reference, name)
        if inner is not None:
            made[name] = {"kind": inner.kind, **said(inner)}
    return made


HIS = {"kind": "customer", "pronoun": True}
LAST = {"position": -1, "by": "order"}
UNPAID = {"states": {"status": ("open", "overdue")}}


@pytest.mark.parametrize(
    ("words", "kind", "meant"),
    [
        ("Adam's last invoice", INVOICE, {**LAST, "owner": {"kind": "customer", "name": "Adam"}}),
        ("adam’s last bill", INVOICE, {**LAST, "owner": {"kind": "customer", "name": "adam"}}),
        ("James' latest invoice", INVOICE, {**LAST, "owner": {"kind": "customer", "name": "James"}}),
        (
            "the last unpaid invoice of adam novak",
            INVOICE,
            {**LAST, **UNPAID, "owner": {"kind": "customer", "name": "adam novak"}},
        ),
        ("customer Adam's invoices", INVOICE, {"every": True, "owner": {"kind": "customer", "name": "Adam"}}),
        ("last invoice for adam@x.com", INVOICE, {**LAST, "owner": {"kind": "customer", "email": "adam@x.com"}}),
        ("the Pro plan's invoices", INVOICE, {"every": True, "owner": {"kind": "plan", "name": "Pro"}}),
        ("invoice INV-1042", INVOICE, {"number": "INV-1042"}),
        ("INV-1042", INVOICE, {"number": "INV-1042"}),
        ("invoise INV-7", INVOICE, {"number": "INV-7"}),
        ("invoice number 1042", INVOICE, {"number": "1042"}),
        ("ticket 5519", TICKET, {"number": "5519"}),
        ("customer #421", CUSTOMER, {"number": "421"}),
        ("the invoice before last", INVOICE, {"position": -2, "by": "order"}),
        ("second to last invoice", INVOICE, {"position": -2, "by": "order"}),
        ("the 3rd invoice", INVOICE, {"position": 3, "by": "order", "descending": False}),
        (
            "her biggest open ticket",
            TICKET,
            {"position": 1, "by": "size", "states": {"status": ("open",)}, "owner": HIS},
        ),
        (
            "Adam's second biggest bill",
            INVOICE,
            {"position": 2, "by": "size", "owner": {"kind": "customer", "name": "Adam"}},
        ),
        ("his cheapest invoice", INVOICE, {"position": 1, "by": "size", "descending": False, "owner": HIS}),
        ("the last three invoices", INVOICE, {**LAST, "count": 3}),
        ("his past-due invoices", INVOICE, {"every": True, "states": {"status": ("overdue",)}, "owner": HIS}),
        (
            "all of Adam's unpaid invoices",
            INVOICE,
            {"every": True, **UNPAID, "owner": {"kind": "customer", "name": "Adam"}},
        ),
        ("my last bill", INVOICE, {**LAST, "owner": {**HIS, "mine": True}}),
        ("the ticket about password reset", TICKET, {"text": "password reset"}),
        ("the password reset ticket", TICKET, {"text": "password reset"}),
        ("ticket 'Login fails'", TICKET, {"text": "Login fails"}),
        ("Maria Garcia-Lopez", CUSTOMER, {"name": "Maria Garcia-Lopez"}),
        ("adam@x.com", CUSTOMER, {"email": "adam@x.com"}),
        ("the active customer Adam", CUSTOMER, {"name": "Adam", "states": {"status": ("active",)}}),
        ("him", CUSTOMER, {"pronoun": True}),
        ("me", CUSTOMER, {"pronoun": True, "mine": True}),
        ("it", INVOICE, {"pronoun": True}),
        ("the invoice", INVOICE, {}),
        ("", INVOICE, {}),
    ],
)
def test_words_say_how_to_find_the_record(words: str, kind: RecordKind, meant: dict[str, Any]) -> None:
    reference = parse(words, kind, KINDS)
    assert reference.kind == kind.name
    assert said(reference) == meant


def test_only_a_noun_alone_is_bare() -> None:
    assert parse("the invoice", INVOICE, KINDS).bare
    assert not parse("his invoice", INVOICE, KINDS).bare
    assert not parse("the customer of invoice INV-1", CUSTOMER, KINDS).bare


def test_spans_count_in_the_words_given_even_of_the_owner() -> None:
    words = "the last invoice of Adam Novak"
    reference = parse(words, INVOICE, KINDS)
    assert reference.owner is not None
    assert [words[start:end] for start, end in reference.owner.spans] == ["Adam", "Novak"]
    assert "invoice" in [words[start:end] for start, end in reference.spans]


@pytest.mark.parametrize(
    ("text", "kind", "phrases"),
    [
        ("refund Adam's last invoice", INVOICE, ["Adam's last invoice"]),
        ("refund Adam's last invoice", CUSTOMER, ["Adam"]),
        ("close the ticket about password reset and tell Maria", TICKET, ["the ticket about password reset"]),
        ("Please refund invoice INV-1042 to Adam", INVOICE, ["invoice INV-1042"]),
        ("remove the customer night_owls now", CUSTOMER, ["the customer night_owls"]),
        ("remove night_owls now", CUSTOMER, ["night_owls"]),
        ("void the invoice night_owls now", CUSTOMER, []),
        ("give her credit on his last unpaid bill", INVOICE, ["his last unpaid bill"]),
        ("void INV-1042", INVOICE, ["INV-1042"]),
        ("write to adam@x.com", CUSTOMER, ["adam@x.com"]),
        ("what is the weather", INVOICE, []),
    ],
)
def test_a_request_s_phrases_for_a_kind_are_found(text: str, kind: RecordKind, phrases: list[str]) -> None:
    assert [text[start:end] for start, end in find(text, kind, KINDS)] == phrases
