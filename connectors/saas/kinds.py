"""Record kinds of the platform: seven kinds and their safe fields. Undeclared fields never leave the connector."""

from __future__ import annotations

from typing import Final

from registry.records import Field, RecordKind, Relation

_BELONGS_TO_CUSTOMER: Final = Relation("customer", "customer_id")

CUSTOMER: Final = RecordKind(
    name="customer",
    title="Customer",
    nouns=(
        "customer",
        "customers",
        "client",
        "clients",
        "account",
        "accounts",
        "user",
        "users",
        "subscriber",
        "subscribers",
    ),
    fields=(
        Field("id", "id", "Customer id", search="number"),
        Field("name", "string", "Name", search="name"),
        Field("company", "string", "Company", search="name"),
        Field("email", "email", "E-mail", search="email"),
        Field("country", "string", "Country"),
        Field("status", "enum", "Status", values=("active", "suspended")),
        Field("currency", "currency", "Currency"),
        Field("credit_balance", "money_minor", "Credit", currency_field="currency"),
        Field("signed_up_at", "datetime", "Signed up"),
    ),
    label="{name}",
    detail="{email} · {company} · {status} · customer {id}",
    order="signed_up_at",
    states={
        "active": {"status": ("active",)},
        "suspended": {"status": ("suspended",)},
        "blocked": {"status": ("suspended",)},
        "locked": {"status": ("suspended",)},
    },
)

INVOICE: Final = RecordKind(
    name="invoice",
    title="Invoice",
    nouns=("invoice", "invoices", "bill", "bills", "receipt", "receipts", "payment", "payments", "charge", "charges"),
    fields=(
        Field("id", "id", "Invoice id"),
        Field("number", "string", "Number", search="number"),
        Field("customer_id", "id", "Customer id"),
        Field("customer_name", "string", "Customer"),
        Field("status", "enum", "Status", values=("open", "overdue", "paid", "refunded", "void")),
        Field("status_at", "datetime", "Status since"),
        Field("total", "money_minor", "Total", currency_field="currency"),
        Field("refunded", "money_minor", "Refunded so far", currency_field="currency"),
        Field("refundable", "money_minor", "Can still be refunded", currency_field="currency"),
        Field("currency", "currency", "Currency"),
        Field("description", "string", "For", search="text"),
        Field("issued_at", "datetime", "Issued"),
        Field("due_at", "datetime", "Due"),
        Field("paid_at", "datetime", "Paid"),
    ),
    label="{number} · {total} · {status} {status_at}",
    detail="{customer_name} · {description} · issued {issued_at}",
    relations=(_BELONGS_TO_CUSTOMER,),
    order="issued_at",
    size="total",
    states={
        "paid": {"status": ("paid",)},
        "settled": {"status": ("paid",)},
        "unpaid": {"status": ("open", "overdue")},
        "outstanding": {"status": ("open", "overdue")},
        "open": {"status": ("open", "overdue")},
        "pending": {"status": ("open",)},
        "overdue": {"status": ("overdue",)},
        "late": {"status": ("overdue",)},
        "past due": {"status": ("overdue",)},
        "refunded": {"status": ("refunded",)},
        "void": {"status": ("void",)},
        "voided": {"status": ("void",)},
    },
)

SUBSCRIPTION: Final = RecordKind(
    name="subscription",
    title="Subscription",
    nouns=("subscription", "subscriptions", "plan", "plans", "membership", "memberships", "trial", "trials"),
    fields=(
        Field("id", "id", "Subscription id", search="number"),
        Field("customer_id", "id", "Customer id"),
        Field("customer_name", "string", "Customer"),
        Field("plan", "enum", "Plan", values=("starter", "pro", "business")),
        Field("status", "enum", "Status", values=("trialing", "active", "past_due", "cancelling", "cancelled")),
        Field("price", "money_minor", "Price", currency_field="currency"),
        Field("currency", "currency", "Currency"),
        Field("interval", "enum", "Every", values=("month", "year")),
        Field("started_at", "datetime", "Started"),
        Field("trial_ends_at", "datetime", "Trial ends"),
        Field("renews_at", "datetime", "Renews"),
        Field("cancelled_at", "datetime", "Cancelled"),
    ),
    label="{plan} · {price} a {interval} · {status}",
    detail="{customer_name} · since {started_at} · subscription {id}",
    relations=(_BELONGS_TO_CUSTOMER,),
    order="started_at",
    size="price",
    states={
        "active": {"status": ("active",)},
        "running": {"status": ("active", "trialing", "past_due", "cancelling")},
        "current": {"status": ("active", "trialing", "past_due", "cancelling")},
        "trialing": {"status": ("trialing",)},
        "trial": {"status": ("trialing",)},
        "past due": {"status": ("past_due",)},
        "cancelled": {"status": ("cancelled", "cancelling")},
        "canceled": {"status": ("cancelled", "cancelling")},
        "starter": {"plan": ("starter",)},
        "pro": {"plan": ("pro",)},
        "business": {"plan": ("business",)},
        "monthly": {"interval": ("month",)},
        "yearly": {"interval": ("year",)},
        "annual": {"interval": ("year",)},
    },
)

TICKET: Final = RecordKind(
    name="ticket",
    title="Ticket",
    nouns=(
        "ticket",
        "tickets",
        "case",
        "cases",
        "issue",
        "issues",
        "request",
        "requests",
        "conversation",
        "conversations",
    ),
    fields=(
        Field("id", "id", "Ticket", search="number"),
        Field("subject", "string", "Subject", search="text"),
        Field("customer_id", "id", "Customer id"),
        Field("customer_name", "string", "Customer"),
        Field("agent_id", "id", "Agent id"),
        Field("agent_name", "string", "Assigned to"),
        Field("assigned", "boolean", "Has an agent"),
        Field("status", "enum", "Status", values=("open", "pending", "closed")),
        Field("priority", "enum", "Priority", values=("low", "normal", "high", "urgent")),
        Field("channel", "enum", "Came by", values=("email", "chat", "phone")),
        Field("opened_at", "datetime", "Opened"),
        Field("closed_at", "datetime", "Closed"),
    ),
    label="#{id} · {subject}",
    detail="{customer_name} · {status} · {priority} · opened {opened_at}",
    relations=(_BELONGS_TO_CUSTOMER, Relation("agent", "agent_id")),
    order="opened_at",
    states={
        "open": {"status": ("open", "pending")},
        "unresolved": {"status": ("open", "pending")},
        "unanswered": {"status": ("open",)},
        "pending": {"status": ("pending",)},
        "waiting": {"status": ("pending",)},
        "closed": {"status": ("closed",)},
        "resolved": {"status": ("closed",)},
        "solved": {"status": ("closed",)},
        "urgent": {"priority": ("urgent",)},
        "high priority": {"priority": ("high", "urgent")},
        "low priority": {"priority": ("low",)},
        "unassigned": {"assigned": (False,)},
        "assigned": {"assigned": (True,)},
    },
)

ARTICLE: Final = RecordKind(
    name="article",
    title="Help article",
    nouns=("article", "articles", "guide", "guides", "kb link", "kb links", "kb article", "kb articles", "help page",
           "help pages", "how-to", "how-tos", "doc", "docs"),
    fields=(
        Field("slug", "id", "Slug", search="number"),
        Field("title", "string", "Title", search="name"),
        Field("section", "string", "Section"),
        Field("language", "string", "Language"),
        Field("updated_at", "datetime", "Updated"),
    ),
    id_field="slug",
    label="{title}",
    detail="{slug} · {section}",
    order="updated_at",
)  # fmt: skip

AGENT: Final = RecordKind(
    name="agent",
    title="Agent",
    nouns=(
        "agent",
        "agents",
        "support agent",
        "support agents",
        "teammate",
        "teammates",
        "colleague",
        "colleagues",
        "staff",
    ),
    fields=(
        Field("id", "id", "Agent id", search="number"),
        Field("name", "string", "Name", search="name"),
        Field("email", "email", "E-mail", search="email"),
        Field("team", "enum", "Team", values=("support", "billing", "technical")),
        Field("available", "boolean", "At work"),
        Field("joined_at", "datetime", "Joined"),
    ),
    label="{name}",
    detail="{team} · {email}",
    order="joined_at",
    states={
        "available": {"available": (True,)},
        "support": {"team": ("support",)},
        "billing": {"team": ("billing",)},
        "technical": {"team": ("technical",)},
    },
)

CREDIT: Final = RecordKind(
    name="credit",
    title="Credit",
    nouns=("credit", "credits", "credit note", "credit notes"),
    fields=(
        Field("id", "id", "Credit id", search="number"),
        Field("customer_id", "id", "Customer id"),
        Field("customer_name", "string", "Customer"),
        Field("amount", "money_minor", "Amount", currency_field="currency"),
        Field("currency", "currency", "Currency"),
        Field("note", "string", "Note", search="text"),
        Field("status", "enum", "Status", values=("applied", "voided")),
        Field("applied_at", "datetime", "Applied"),
    ),
    label="credit {id} · {amount} · {status}",
    detail="{customer_name} · {note} · {applied_at}",
    relations=(_BELONGS_TO_CUSTOMER,),
    order="applied_at",
    size="amount",
    states={"applied": {"status": ("applied",)}, "voided": {"status": ("voided",)}},
)

REVISION: Final = "revision"
"""Column that increases with every change of a row. It isn't a safe field, and only distinguishes older states from
newer ones."""

KINDS: Final = (CUSTOMER, INVOICE, SUBSCRIPTION, TICKET, ARTICLE, AGENT, CREDIT)

PATHS: Final = {
    "customer": "customers",
    "invoice": "invoices",
    "subscription": "subscriptions",
    "ticket": "tickets",
    "article": "articles",
    "agent": "agents",
    "credit": "credits",
}
"""Kind → its collection under ``/api/`` on the platform."""
