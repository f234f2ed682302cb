"""Office overlay: a connector over tables of mail, calendar, customers, tasks and site analytics."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from evals.cases.rows import Rows
from registry.records import Field, RecordKind, Relation

REGISTRY: Final = "workbench/registry_workbench.json"
PRODUCTS: Final = ("Software", "Hardware", "Services", "Consulting", "Training")
STAGES: Final = ("Lead", "Qualified", "Proposal", "Won", "Lost")

EMPLOYEE: Final = RecordKind(
    name="employee",
    title="Colleague",
    nouns=("colleague", "colleagues", "employee", "employees", "teammate", "teammates"),
    fields=(
        Field("email_address", "email", "E-mail", search="email"),
        Field("name", "string", "Name", search="name"),
    ),
    id_field="email_address",
    label="{name}",
    detail="{email_address}",
)
MAIL: Final = RecordKind(
    name="email",
    title="E-mail",
    nouns=("email", "emails", "e-mail", "e-mails", "mail", "mails", "message", "messages"),
    fields=(
        Field("email_id", "id", "E-mail id", search="number", pattern=r"\d{8}"),
        Field("box", "enum", "Box", values=("inbox", "outbox")),
        Field("person", "string", "From or to"),
        Field("subject", "string", "Subject", search="text"),
        Field("sent_datetime", "datetime", "Sent"),
    ),
    id_field="email_id",
    label="{subject}",
    detail="{box} · {person} · {sent_datetime}",
    relations=(Relation("employee", "person"),),
    order="sent_datetime",
    ours=True,
    states={"received": {"box": ("inbox",)}, "sent": {"box": ("outbox",)}},
)
EVENT: Final = RecordKind(
    name="event",
    title="Meeting",
    nouns=("meeting", "meetings", "event", "events", "appointment", "appointments"),
    fields=(
        Field("event_id", "id", "Event id", search="number", pattern=r"\d{8}"),
        Field("event_name", "string", "Name", search="name"),
        Field("participant_email", "string", "With"),
        Field("event_start", "datetime", "Starts", ranged=True),
        Field("duration", "string", "Minutes"),
    ),
    id_field="event_id",
    label="{event_name}",
    detail="{event_start} · with {participant_email}",
    relations=(Relation("employee", "participant_email"),),
    order="event_start",
    ours=True,
)
CUSTOMER: Final = RecordKind(
    name="customer",
    title="Customer",
    nouns=("customer", "customers", "client", "clients", "lead", "leads"),
    fields=(
        Field("customer_id", "id", "Customer id", search="number", pattern=r"\d{8}"),
        Field("customer_name", "string", "Name", search="name"),
        Field("customer_email", "string", "E-mail"),
        Field("assigned_to_email", "string", "Assigned to"),
        Field("last_contact_date", "date", "Last contact", ranged=True, words=("contacted", "responded", "answered")),
        Field("follow_up_by", "date", "Follow up by", ranged=True),
        Field("product_interest", "enum", "Interested in", words=("product",), values=PRODUCTS),
        Field("status", "enum", "Status", words=("stage",), values=STAGES),
    ),
    id_field="customer_id",
    label="{customer_name}",
    detail="{status} · {product_interest} · {assigned_to_email}",
    relations=(Relation("employee", "assigned_to_email"),),
    order="last_contact_date",
    states={
        "lead": {"status": ("Lead",)},
        "leads": {"status": ("Lead",)},
        **{each.lower(): {"status": (each,)} for each in STAGES[1:]},
        **{
            each.lower(): {"product_interest": (each,)}
            for each in PRODUCTS
        },
    },
)  # fmt: skip
TASK: Final = RecordKind(
    name="task",
    title="Task",
    nouns=("task", "tasks"),
    fields=(
        Field("task_id", "id", "Task id", search="number", pattern=r"\d{8}"),
        Field("task_name", "string", "Name", search="name"),
        Field("assigned_to_email", "string", "Assigned to"),
        Field("list_name", "enum", "List", values=("Backlog", "In Progress", "In Review", "Completed")),
        Field("due_date", "date", "Due", ranged=True),
        Field("board", "enum", "Board", values=("Back end", "Front end", "Design")),
    ),
    id_field="task_id",
    label="{task_name}",
    detail="{list_name} · {board} · due {due_date} · {assigned_to_email}",
    relations=(Relation("employee", "assigned_to_email"),),
    order="due_date",
    states={
        "unfinished": {"list_name": ("In Progress",)},
        "open": {"list_name": ("Backlog", "In Progress", "In Review")},
        "overdue": {"list_name": ("Backlog", "In Progress", "In Review")},
        "started": {"list_name": ("In Progress", "In Review", "Completed")},
        "in the backlog": {"list_name": ("Backlog",)},
        "in progress": {"list_name": ("In Progress",)},
        "in review": {"list_name": ("In Review",)},
        "completed": {"list_name": ("Completed",)},
        "finished": {"list_name": ("Completed",)},
        "front end": {"board": ("Front end",)},
        "back end": {"board": ("Back end",)},
        "design": {"board": ("Design",)},
    },
    times={"overdue": ("due_date", "past")},
)
DAY: Final = RecordKind(
    name="site_day",
    title="Day of the site",
    nouns=("day of the site",),
    fields=(
        Field("date", "date", "Date", ranged=True),
        Field("total_visits", "integer", "Total visits", ranged=True),
        Field("user_engaged", "integer", "Engaged users", ranged=True),
        Field("session_duration_seconds", "number", "Average session duration", ranged=True),
        Field("visits_direct", "integer", "Direct visits", ranged=True),
        Field("visits_referral", "integer", "Visits by referral", ranged=True),
        Field("visits_search_engine", "integer", "Visits from search engines", ranged=True),
        Field("visits_social_media", "integer", "Visits from social media", ranged=True),
    ),
    id_field="date",
    label="{date}",
    order="date",
)


def load_records(folder: Path, _: str | None) -> Rows:
    """Loads the six kinds. The current time is not used: the gate reads words like "overdue"."""
    mails = [
        {**row, "box": row["inbox/outbox"], "person": row["sender/recipient"]} for row in _read(folder / "emails.csv")
    ]
    addresses = [row["email_address"] for row in _read(folder / "email_addresses.csv")]
    rows = {
        "employee": [
            {"email_address": each, "name": each.partition("@")[0].replace(".", " ").title()} for each in addresses
        ],
        "email": mails,
        "event": _read(folder / "calendar_events.csv"),
        "customer": _read(folder / "customer_relationship_manager_data.csv"),
        "task": _read(folder / "project_tasks.csv"),
        "site_day": _list_days(_read(folder / "analytics_data.csv")),
    }
    return Rows((EMPLOYEE, MAIL, EVENT, CUSTOMER, TASK, DAY), rows)


def _list_days(visits: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Counts each day's visits."""
    by_day: defaultdict[str, list[Mapping[str, str]]] = defaultdict(list)
    for each in visits:
        by_day[each["date_of_visit"]].append(each)
    return [
        {
            "date": day,
            "total_visits": len(those),
            "user_engaged": sum(each["user_engaged"] == "True" for each in those),
            "session_duration_seconds": sum(float(each["session_duration_seconds"]) for each in those) / len(those),
            **{
                f"visits_{source.replace(' ', '_')}": sum(each["traffic_source"] == source for each in those)
                for source in ("direct", "referral", "search engine", "social media")
            },
        }
        for day, those in sorted(by_day.items())
    ]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
