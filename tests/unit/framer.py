"""A picture framer with a pattern book and a board of chores: a platform for tests of what people have made anew."""

from __future__ import annotations

from typing import Any, Final

from agent.pipeline import Plan
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows, offer, refer

_NUMBER = {"type": "integer", "minimum": 1}
_DAY = {"type": "string", "format": "date"}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 300}
_CURRENCY = {"type": "string", "pattern": "^[A-Z]{3}$"}
_STATES = ["cut", "packed", "framed", "delivered"]
FRAMER: Final = FrozenWorld(
    {
        "contracts": [
            offer("create_chore", "Create a chore", "Put something on the workshop's board, for a fitter or nobody.", {
                "title": _TEXT, "fitter_id": _NUMBER, "due_on": _DAY,
                "urgency": {"type": "string", "enum": ["calm", "rush"]}}, {
                "title": {}, "fitter_id": refer("fitter"), "due_on": {"label": "Due"}, "urgency": {}},
                optional=["fitter_id", "due_on", "urgency"]),
            offer("hand_chore", "Hand a chore to a fitter", "Say who does a chore.", {
                "chore_id": _NUMBER, "fitter_id": _NUMBER}, {"chore_id": refer("chore"), "fitter_id": {
                    **refer("fitter"), "replaces": {"parameter": "chore_id", "field": "fitter_id"}}},
                aliases=["give"]),
            offer("add_motif", "Add a motif", "Add a new motif to the pattern book.", {
                "title": _TEXT, "price": _NUMBER, "currency": _CURRENCY}, {
                "title": {}, "price": {"unit": "money_minor", "currency_from": "currency"}, "currency": {}},
                optional=["currency"]),
            offer("set_price", "Change the price of a motif", "Set what a motif costs.", {
                "motif_id": _NUMBER, "price": _NUMBER}, {"motif_id": refer("motif"), "price": {
                    "unit": "money_minor", "currency": "EUR",
                    "replaces": {"parameter": "motif_id", "field": "price"}}}),
            offer("set_count", "Set the count of a motif", "Write how many prints of a motif there are.", {
                "motif_id": _NUMBER, "count": _NUMBER}, {"motif_id": refer("motif"), "count": {
                    "unit": "count", "replaces": {"parameter": "motif_id", "field": "count"}}}),
            offer("message_client", "Message a client", "Send a client a text.", {
                "client_id": _NUMBER, "text": _TEXT}, {
                "client_id": refer("client"), "text": {"ask": "What should it say?"}}, aliases=["tell"]),
            offer("set_state", "Change the state of a commission", "Say how far a commission is.", {
                "commission_id": _NUMBER, "state": {"type": "string", "enum": _STATES}}, {
                "commission_id": refer("commission"), "state": {"words": {"delivered": ["gone out"]},
                    "replaces": {"parameter": "commission_id", "field": "state"}}}, aliases=["mark a commission"]),
            offer("move_delivery", "Move a delivery", "Change the day on which a commission is delivered.", {
                "commission_id": _NUMBER, "deliver_on": _DAY}, {"commission_id": refer("commission"), "deliver_on": {
                    "replaces": {"parameter": "commission_id", "field": "deliver_on"}}}),
            offer("cancel_commission", "Cancel a commission", "Cancel a commission that is not delivered.", {
                "commission_id": _NUMBER, "reason": _TEXT}, {
                "commission_id": refer("commission", state=["cut", "framed"]), "reason": {}}, optional=["reason"]),
            offer("refund_commission", "Refund a commission", "Pay the money for a commission back.", {
                "commission_id": _NUMBER}, {"commission_id": refer("commission")}, aliases=["money back"],
                risk="irreversible", confirmation={"policy": "always"}),
            offer("extend_offer", "Change when an offer ends", "Set the last day of an offer.", {
                "offer_id": _NUMBER, "ends_on": _DAY}, {"offer_id": refer("offer"), "ends_on": {
                    "label": "Last day", "replaces": {"parameter": "offer_id", "field": "ends_on"}}}),
            offer("create_offer", "Create an offer", "Make a new offer.", {"code": _TEXT, "percent": _NUMBER,
                "ends_on": _DAY}, {"code": {}, "percent": {"unit": "percent"}, "ends_on": {}}, optional=["ends_on"]),
        ],
        "kinds": [
            define("client", ["client", "clients"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("fitter", ["fitter", "fitters"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("motif", ["motif", "motifs"], [{"name": "id", "type": "id"}, {"name": "title", "search": "name"},
                {"name": "price", "type": "money_minor", "ranged": True},
                {"name": "count", "type": "integer", "ranged": True}], label="{title}", size="price"),
            define("commission", ["commission", "commissions"], [{"name": "id", "type": "id"},
                {"name": "number", "search": "number", "pattern": "K[0-9]{3}"}, {"name": "client_id", "type": "id"},
                {"name": "motif_id", "type": "id"}, {"name": "state", "type": "enum", "values": _STATES},
                {"name": "deliver_on", "type": "date", "ranged": True}, {"name": "client_name"}], label="{number}",
                order="deliver_on", relations=[{"kind": "client", "via": "client_id"},
                    {"kind": "motif", "via": "motif_id"}]),
            define("offer", ["offer", "offers"], [{"name": "id", "type": "id"}, {"name": "title", "search": "name"},
                {"name": "ends_on", "type": "date", "ranged": True}], label="{title}", order="ends_on"),
            define("chore", ["chore", "chores"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "title", "search": "name"}, {"name": "fitter_id", "type": "id"}, {"name": "fitter_name"},
                {"name": "due_on", "type": "date", "ranged": True}], label="{title}", order="due_on",
                relations=[{"kind": "fitter", "via": "fitter_id"}]),
        ],
        "records": {
            "client": list_rows("id name", (1, "Olga Stern"), (2, "Ralf Adler"), (3, "Olga Weiss")),
            "fitter": list_rows("id name", (11, "Kuno Bach"), (12, "Mira Tal"), (13, "Sven Horn")),
            "motif": list_rows("id title price count", (21, "Red heron", 4500, 7), (22, "Old mill", 6000, 2)),
            "commission": list_rows("id number client_id motif_id state deliver_on client_name",
                (31, "K301", 2, 21, "framed", "2026-11-27", "Ralf Adler"),
                (32, "K302", 2, 22, "cut", "2026-11-30", "Ralf Adler"),
                (33, "K303", 1, 22, "framed", "2026-12-01", "Olga Stern")),
            "offer": list_rows("id title ends_on", (51, "SUMMER20", "2026-12-10")),
            "chore": list_rows("id title fitter_id fitter_name due_on",
                (41, "Sharpen the mat cutter", 11, "Kuno Bach", "2026-11-27"),
                (42, "Order glass", 13, "Sven Horn", "2026-11-30"), (43, "Sort the mouldings", 13, "Sven Horn",
                    "2026-12-02")),
        },
    }
)  # fmt: skip


async def plan_of(text: str) -> Plan:
    """The plan that an owner's request comes to, without a model."""
    verdict = (await ask(FRAMER, text)).verdict
    assert isinstance(verdict, Plan), verdict
    return verdict


async def call_of(text: str) -> tuple[str, dict[str, Any]]:
    """The only call of that plan: its action, and its values."""
    (step,) = (await plan_of(text)).steps
    return step.action.partition(".")[2], {each.param: each.value for each in step.filled}
