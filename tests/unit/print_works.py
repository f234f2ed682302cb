"""A print works: jobs are held, let go, finished, sent out and voided, proofs are decided on, and members are kept
out."""

from __future__ import annotations

from typing import Any, Final

from agent.planning.task import Outcome
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows
from tests.unit.marina import offer as offer_of_marina

_NUMBER: Final = {"type": "integer", "minimum": 1}
_DAY: Final = {"type": "string", "format": "date"}


def _offer(name: str, title: str, properties: dict[str, Any], notes: dict[str, Any], **more: Any) -> Any:
    made = offer_of_marina(name, title, f"{title}.", properties, notes, **more)
    return {**made, "name": f"print.{name}", "endpoint": {"url": f"https://platform.invalid/print.{name}"}}


def _job(*states: str) -> dict[str, Any]:
    return {"job_id": {"record": "job", "filter": {"state": [*states]}}}


CONTRACTS: Final = [
    _offer("hold_job", "Hold a job", {"job_id": _NUMBER, "until": _DAY}, {**_job("queued"), "until": {}},
        optional=("until",)),
    _offer("release_job", "Release a job", {"job_id": _NUMBER}, _job("held")),
    _offer("finish_job", "Complete a job", {"job_id": _NUMBER}, _job("printing")),
    _offer("send_job", "Dispatch a job",
        {"job_id": _NUMBER, "carrier": {"type": "string", "enum": ["rail", "courier"]}},
        {**_job("finished"), "carrier": {}}, optional=("carrier",)),
    _offer("end_job", "Void a job", {"job_id": _NUMBER}, _job("queued", "held"), risk="irreversible"),
    _offer("send_quote", "Send the quote", {"job_id": _NUMBER}, _job("queued", "held", "printing", "finished")),
    _offer("give_job", "Allot a job", {"job_id": _NUMBER, "printer_id": _NUMBER},
        {**_job("queued", "printing"), "printer_id": {"record": "printer",
            "replaces": {"parameter": "job_id", "field": "printer_id"}}}),
    _offer("decide_proof", "Decide on a proof",
        {"proof_id": _NUMBER, "verdict": {"type": "string", "enum": ["accepted", "rejected"]}},
        {"proof_id": {"record": "proof", "filter": {"state": ["sent"]}},
            "verdict": {"replaces": {"parameter": "proof_id", "field": "state"}}}),
    _offer("suspend_member", "Suspend a member", {"member_id": _NUMBER},
        {"member_id": {"record": "member", "filter": {"state": ["active"]}}}),
    _offer("readmit_member", "Reinstate a member", {"member_id": _NUMBER},
        {"member_id": {"record": "member", "filter": {"state": ["suspended"]}}}),
    _offer("drop_sample", "Drop a sample at a member's door", {"member_id": _NUMBER},
        {"member_id": {"record": "member"}}),
    _offer("toggle_printer", "Pause a printer", {"printer_id": _NUMBER}, {"printer_id": {"record": "printer"}},
        aliases=["resume a printer"]),
    _offer("set_printer", "Set the state of a printer",
        {"printer_id": _NUMBER, "state": {"type": "string", "enum": ["broken", "mended", "repaired"]}},
        {"printer_id": {"record": "printer"}, "state": {"replaces": {"parameter": "printer_id", "field": "state"}}}),
    _offer("set_price", "Set the price of a job", {"job_id": _NUMBER, "price": _NUMBER},
        {**_job("queued"), "price": {"unit": "money_minor", "currency": "EUR",
            "replaces": {"parameter": "job_id", "field": "price"}}}),
]  # fmt: skip
_ID: Final = {"name": "id", "type": "id", "search": "number"}
_NAME: Final = {"name": "name", "search": "name"}
KINDS: Final = [
    define("member", ["member", "members"], [_ID, _NAME,
        {"name": "state", "type": "enum", "values": ["active", "suspended"]}], label="{name}"),
    define("printer", ["printer", "printers"], [_ID, _NAME,
        {"name": "state", "type": "enum", "values": ["broken", "mended", "repaired"]}], label="{name}"),
    define("job", ["job", "jobs"], [_ID, _NAME, {"name": "member_id", "type": "id"},
        {"name": "printer_id", "type": "id"}, {"name": "price", "type": "money_minor"},
        {"name": "state", "type": "enum", "values": ["queued", "held", "printing", "finished", "sent", "void"]}],
        label="{name}", relations=[{"kind": "member", "via": "member_id"}], states={"held": {"state": ["held"]}}),
    define("proof", ["proof", "proofs"], [_ID, {"name": "member_id", "type": "id"}, {"name": "title", "type": "string"},
        {"name": "member_name", "type": "string"},
        {"name": "state", "type": "enum", "values": ["sent", "accepted", "rejected"]}],
        label="proof {id} of {member_name}",
        relations=[{"kind": "member", "via": "member_id"}]),
]  # fmt: skip
RECORDS: Final = {
    "member": list_rows("id name state", (1, "Vera Lund", "active"), (2, "Hugo Brandt", "suspended"),
        (3, "Nils Falk", "active")),
    "printer": list_rows("id name", (11, "Rosa Wolff"), (12, "Emil Kranz")),
    "job": list_rows("id name member_id printer_id price state",
        (501, "Harbour posters", 1, 11, 9000, "queued"), (502, "Choir leaflets", 2, 12, 4000, "held"),
        (503, "Museum folders", 3, 11, 7000, "printing"), (504, "Menu cards", 1, 12, 3000, "finished"),
        (505, "Ballot sheets", 3, 11, 2000, "held"), (506, "Wine labels", 3, 12, 5000, "queued")),
    "proof": list_rows("id member_id title member_name state", (71, 1, "blue cover", "Vera Lund", "sent"),
        (72, 3, "city map", "Nils Falk", "sent")),
}  # fmt: skip
PRINT_WORKS: Final = FrozenWorld({"contracts": CONTRACTS, "kinds": KINDS, "records": RECORDS})


async def ask_print_works(text: str) -> Outcome:
    return await ask(PRINT_WORKS, text)
