"""Actions on customers and their tickets."""

from __future__ import annotations

import sqlite3
from typing import Final

from demo.params import Params
from demo.problem import Refused
from demo.work import Done, must_be, put_mail, read_row

_WAITING: Final = ("open", "pending")


def update_email(connection: sqlite3.Connection, params: Params, at: str) -> Done:
    customer = read_row(connection, "customers", params.integer("customer_id"))
    email = params.email("email")
    if connection.execute(
        "SELECT 1 FROM customers WHERE lower(email) = lower(?) AND id <> ?", (email, customer["id"])
    ).fetchone():
        raise Refused(409, "email_taken", "Another customer uses this e-mail address.")
    connection.execute("UPDATE customers SET email = ? WHERE id = ?", (email, customer["id"]))
    put_mail(connection, customer["email"], f"Your address is now {email}", at)
    return Done({"customer_id": customer["id"], "email": email}, f"E-mail of {customer['name']} is now {email}")


def suspend_customer(connection: sqlite3.Connection, params: Params, at: str) -> Done:  # noqa: ARG001 - one shape for all
    customer = read_row(connection, "customers", params.integer("customer_id"))
    must_be(customer, ("active",), "The customer")
    reason = params.text("reason")
    connection.execute("UPDATE customers SET status = 'suspended' WHERE id = ?", (customer["id"],))
    return Done({"customer_id": customer["id"], "status": "suspended"}, f"Suspended {customer['name']}: {reason}")


def unsuspend_customer(connection: sqlite3.Connection, params: Params, at: str) -> Done:  # noqa: ARG001 - one shape for all
    customer = read_row(connection, "customers", params.integer("customer_id"))
    must_be(customer, ("suspended",), "The customer")
    connection.execute("UPDATE customers SET status = 'active' WHERE id = ?", (customer["id"],))
    return Done({"customer_id": customer["id"], "status": "active"}, f"Unlocked {customer['name']}")


def send_kb_link(connection: sqlite3.Connection, params: Params, at: str) -> Done:
    ticket = _waiting(connection, params)
    article = read_row(connection, "articles", params.text("article", most=100), key_column="slug")
    url = f"https://help.platform.example/{article['slug']}"
    put_mail(connection, _address(connection, ticket), f"{article['title']}: {url}", at, ticket["id"])
    connection.execute("UPDATE tickets SET status = 'pending' WHERE id = ?", (ticket["id"],))
    answer = {"ticket_id": ticket["id"], "article": article["slug"], "url": url}
    return Done(answer, f"Sent {article['slug']} in ticket {ticket['id']}")


def reply_ticket(connection: sqlite3.Connection, params: Params, at: str) -> Done:
    ticket = _waiting(connection, params)
    reply = put_mail(connection, _address(connection, ticket), params.text("message", most=4000), at, ticket["id"])
    connection.execute("UPDATE tickets SET status = 'pending' WHERE id = ?", (ticket["id"],))
    answer = {"ticket_id": ticket["id"], "reply_id": reply, "status": "pending"}
    return Done(answer, f"Replied in ticket {ticket['id']}")


def assign_ticket(connection: sqlite3.Connection, params: Params, at: str) -> Done:  # noqa: ARG001 - one shape for all
    ticket = _waiting(connection, params)
    agent = read_row(connection, "agents", params.integer("agent_id"))
    connection.execute("UPDATE tickets SET agent_id = ? WHERE id = ?", (agent["id"], ticket["id"]))
    return Done({"ticket_id": ticket["id"], "agent_id": agent["id"]}, f"Ticket {ticket['id']} goes to {agent['name']}")


def set_ticket_priority(connection: sqlite3.Connection, params: Params, at: str) -> Done:  # noqa: ARG001 - one shape for all
    ticket = _waiting(connection, params)
    priority = params.one_of("priority", ("low", "normal", "high", "urgent"))
    connection.execute("UPDATE tickets SET priority = ? WHERE id = ?", (priority, ticket["id"]))
    return Done({"ticket_id": ticket["id"], "priority": priority}, f"Ticket {ticket['id']} is {priority} now")


def close_ticket(connection: sqlite3.Connection, params: Params, at: str) -> Done:
    ticket = _waiting(connection, params)
    connection.execute("UPDATE tickets SET status = 'closed', closed_at = ? WHERE id = ?", (at, ticket["id"]))
    return Done({"ticket_id": ticket["id"], "status": "closed"}, f"Closed ticket {ticket['id']}")


def reopen_ticket(connection: sqlite3.Connection, params: Params, at: str) -> Done:  # noqa: ARG001 - one shape for all
    ticket = read_row(connection, "tickets", params.integer("ticket_id"))
    must_be(ticket, ("closed",), f"Ticket {ticket['id']}")
    connection.execute("UPDATE tickets SET status = 'open', closed_at = NULL WHERE id = ?", (ticket["id"],))
    return Done({"ticket_id": ticket["id"], "status": "open"}, f"Reopened ticket {ticket['id']}")


def _waiting(connection: sqlite3.Connection, params: Params) -> sqlite3.Row:
    ticket = read_row(connection, "tickets", params.integer("ticket_id"))
    must_be(ticket, _WAITING, f"Ticket {ticket['id']}")
    return ticket


def _address(connection: sqlite3.Connection, ticket: sqlite3.Row) -> str:
    return str(read_row(connection, "customers", ticket["customer_id"])["email"])
