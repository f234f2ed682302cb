"""Actions on money and subscriptions."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from demo import money
from demo.params import Params
from demo.problem import Refused
from demo.seed import PRICES, compute_price, write_time
from demo.work import Done, must_be, put_mail, read_row


def refund_invoice(connection: sqlite3.Connection, params: Params, at: str) -> Done:
    """Only a paid invoice, at most what is left of it, in its own currency."""
    invoice = read_row(connection, "invoices", params.integer("invoice_id"))
    must_be(invoice, ("paid",), f"Invoice {invoice['number']}")
    left = invoice["total"] - invoice["refunded"]
    amount = params.integer("amount") if params.has("amount") else left
    _same_currency(params, invoice["currency"])
    if amount > left:
        raise Refused(
            422,
            "amount_too_high",
            f"Only {money.format_money(left, invoice['currency'])} of {invoice['number']} is left to refund.",
        )
    refunded = invoice["refunded"] + amount
    status = "refunded" if refunded == invoice["total"] else "paid"
    since = at if status == "refunded" else invoice["status_at"]
    connection.execute(
        "UPDATE invoices SET refunded = ?, status = ?, status_at = ? WHERE id = ?",
        (refunded, status, since, invoice["id"]),
    )
    reason = params.text("reason", default="")
    made = connection.execute(
        "INSERT INTO refunds (invoice_id, amount, currency, reason, at) VALUES (?, ?, ?, ?, ?)",
        (invoice["id"], amount, invoice["currency"], reason, at),
    )
    answer = {
        "refund_id": made.lastrowid,
        "invoice_id": invoice["id"],
        "refunded": amount,
        "currency": invoice["currency"],
        "status": status,
    }
    return Done(answer, f"Refunded {money.format_money(amount, invoice['currency'])} of {invoice['number']}")


def void_invoice(connection: sqlite3.Connection, params: Params, at: str) -> Done:
    invoice = read_row(connection, "invoices", params.integer("invoice_id"))
    must_be(invoice, ("open", "overdue"), f"Invoice {invoice['number']}")
    params.text("reason", default="")
    connection.execute("UPDATE invoices SET status = 'void', status_at = ? WHERE id = ?", (at, invoice["id"]))
    return Done({"invoice_id": invoice["id"], "status": "void"}, f"Voided {invoice['number']}")


def resend_invoice(connection: sqlite3.Connection, params: Params, at: str) -> Done:
    invoice = read_row(connection, "invoices", params.integer("invoice_id"))
    must_be(invoice, ("open", "overdue", "paid", "refunded"), f"Invoice {invoice['number']}")
    email = read_row(connection, "customers", invoice["customer_id"])["email"]
    put_mail(connection, email, f"Your invoice {invoice['number']}", at)
    return Done({"invoice_id": invoice["id"], "sent_to": email}, f"Sent {invoice['number']} to {email}")


def apply_credit(connection: sqlite3.Connection, params: Params, at: str) -> Done:
    customer = read_row(connection, "customers", params.integer("customer_id"))
    must_be(customer, ("active",), "The customer")
    amount = params.integer("amount", most=10_000_000)
    params.text("currency", most=3)
    _same_currency(params, customer["currency"])
    made = connection.execute(
        "INSERT INTO credits (customer_id, amount, currency, note, status, applied_at) VALUES (?, ?, ?, ?, "
        "'applied', ?)",
        (customer["id"], amount, customer["currency"], params.text("note", default=""), at),
    )
    balance = customer["credit_balance"] + amount
    connection.execute("UPDATE customers SET credit_balance = ? WHERE id = ?", (balance, customer["id"]))
    answer = {
        "credit_id": made.lastrowid,
        "customer_id": customer["id"],
        "credit_balance": balance,
        "currency": customer["currency"],
    }
    return Done(answer, f"Credited {money.format_money(amount, customer['currency'])} to {customer['name']}")


def void_credit(connection: sqlite3.Connection, params: Params, at: str) -> Done:  # noqa: ARG001 - one shape for all actions
    credit = read_row(connection, "credits", params.integer("credit_id"))
    must_be(credit, ("applied",), f"Credit {credit['id']}")
    customer = read_row(connection, "customers", credit["customer_id"])
    if customer["credit_balance"] < credit["amount"]:
        raise Refused(409, "credit_used", f"Credit {credit['id']} has been used already.")
    connection.execute("UPDATE credits SET status = 'voided' WHERE id = ?", (credit["id"],))
    connection.execute(
        "UPDATE customers SET credit_balance = credit_balance - ? WHERE id = ?", (credit["amount"], customer["id"])
    )
    answer = {"credit_id": credit["id"], "customer_id": customer["id"], "status": "voided"}
    return Done(answer, f"Took credit {credit['id']} back from {customer['name']}")


def cancel_subscription(connection: sqlite3.Connection, params: Params, at: str) -> Done:
    subscription = read_row(connection, "subscriptions", params.integer("subscription_id"))
    must_be(subscription, ("active", "trialing", "past_due"), "The subscription")
    status = {"now": "cancelled", "period_end": "cancelling"}[params.one_of("when", ("period_end", "now"))]
    params.text("reason", default="")
    connection.execute(
        "UPDATE subscriptions SET status = ?, cancelled_at = ? WHERE id = ?", (status, at, subscription["id"])
    )
    answer = {"subscription_id": subscription["id"], "status": status}
    return Done(answer, f"Subscription {subscription['id']} is {status}")


def resume_subscription(connection: sqlite3.Connection, params: Params, at: str) -> Done:
    subscription = read_row(connection, "subscriptions", params.integer("subscription_id"))
    must_be(subscription, ("cancelling", "cancelled"), "The subscription")
    status = "trialing" if (subscription["trial_ends_at"] or "") > at else "active"
    connection.execute(
        "UPDATE subscriptions SET status = ?, cancelled_at = NULL WHERE id = ?", (status, subscription["id"])
    )
    answer = {"subscription_id": subscription["id"], "status": status}
    return Done(answer, f"Subscription {subscription['id']} is {status} again")


def change_plan(connection: sqlite3.Connection, params: Params, at: str) -> Done:  # noqa: ARG001 - one shape for all actions
    subscription = read_row(connection, "subscriptions", params.integer("subscription_id"))
    must_be(subscription, ("active", "trialing", "past_due"), "The subscription")
    plan = params.one_of("plan", tuple(PRICES))
    if plan == subscription["plan"]:
        raise Refused(409, "same_plan", f"The subscription is on {plan} already.")
    amount = compute_price(plan, subscription["currency"], subscription["interval"])
    connection.execute("UPDATE subscriptions SET plan = ?, price = ? WHERE id = ?", (plan, amount, subscription["id"]))
    answer = {
        "subscription_id": subscription["id"],
        "plan": plan,
        "price": amount,
        "currency": subscription["currency"],
    }
    return Done(answer, f"Subscription {subscription['id']} moved from {subscription['plan']} to {plan}")


def extend_trial(connection: sqlite3.Connection, params: Params, at: str) -> Done:
    subscription = read_row(connection, "subscriptions", params.integer("subscription_id"))
    must_be(subscription, ("trialing",), "The subscription")
    days = params.integer("days", most=90)
    ends = datetime.fromisoformat(subscription["trial_ends_at"] or at) + timedelta(days=days)
    connection.execute(
        "UPDATE subscriptions SET trial_ends_at = ? WHERE id = ?", (write_time(ends), subscription["id"])
    )
    answer = {"subscription_id": subscription["id"], "trial_ends_at": write_time(ends)}
    return Done(answer, f"The trial of subscription {subscription['id']} is {days} days longer")


def _same_currency(params: Params, currency: str) -> None:
    if params.has("currency") and params.text("currency", most=3) != currency:
        raise Refused(422, "wrong_currency", f"This is in {currency}.")
