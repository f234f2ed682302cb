"""Actions of the demo platform, by its own rules. Each action runs inside the transaction that records the call."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from demo import actions_billing as billing
from demo import actions_people as folk
from demo.params import Params
from demo.problem import Refused
from demo.work import Done


@dataclass(frozen=True, slots=True)
class Action:
    parameters: tuple[str, ...]
    act: Callable[[sqlite3.Connection, Params, str], Done]


ACTIONS: Final[Mapping[str, Action]] = {
    "refund_invoice": Action(("invoice_id", "amount", "currency", "reason"), billing.refund_invoice),
    "void_invoice": Action(("invoice_id", "reason"), billing.void_invoice),
    "resend_invoice": Action(("invoice_id",), billing.resend_invoice),
    "apply_credit": Action(("customer_id", "amount", "currency", "note"), billing.apply_credit),
    "void_credit": Action(("credit_id",), billing.void_credit),
    "cancel_subscription": Action(("subscription_id", "when", "reason"), billing.cancel_subscription),
    "resume_subscription": Action(("subscription_id",), billing.resume_subscription),
    "change_plan": Action(("subscription_id", "plan"), billing.change_plan),
    "extend_trial": Action(("subscription_id", "days"), billing.extend_trial),
    "update_email": Action(("customer_id", "email"), folk.update_email),
    "suspend_customer": Action(("customer_id", "reason"), folk.suspend_customer),
    "unsuspend_customer": Action(("customer_id",), folk.unsuspend_customer),
    "send_kb_link": Action(("ticket_id", "article"), folk.send_kb_link),
    "reply_ticket": Action(("ticket_id", "message"), folk.reply_ticket),
    "assign_ticket": Action(("ticket_id", "agent_id"), folk.assign_ticket),
    "set_ticket_priority": Action(("ticket_id", "priority"), folk.set_ticket_priority),
    "close_ticket": Action(("ticket_id",), folk.close_ticket),
    "reopen_ticket": Action(("ticket_id",), folk.reopen_ticket),
}


def act(connection: sqlite3.Connection, name: str, values: Mapping[str, Any], at: str) -> Done:
    """Runs one action. Raises Refused: 404 no such action or row, 409 the row is not in a state for it, 422 the
    parameters don't fit."""
    action = ACTIONS.get(name)
    if action is None:
        raise Refused(404, "no_such_action", f"This platform does not know the action {name[:60]!r}.")
    params = Params(values)
    params.only(action.parameters)
    return action.act(connection, params, at)
