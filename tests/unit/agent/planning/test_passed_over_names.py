"""A plan that passes over a name doesn't stand if another action has a place for it."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question
from evals.cases.frozen_world import FrozenWorld
from tests.unit import museum
from tests.unit.marina import ask, define, list_rows

_NUMBER = {"type": "integer", "minimum": 1}
_END = {"type": "string", "enum": ["returned", "praised"]}
_CONTRACTS = [
    museum._offer("return_sale", "Return a sale", {"sale_id": _NUMBER}, {"sale_id": {"record": "sale"}}),
    museum._offer(
        "end_claim",
        "End a claim",
        {"claim_id": _NUMBER, "how": _END},
        {"claim_id": {"record": "claim"}, "how": {"words": {"returned": ["return"], "praised": ["praise"]}}},
        aliases=["settle"],
    ),
]
_NAMED = [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}]
_OF_BOTH = [{"kind": "donor", "via": "donor_id"}, {"kind": "exhibit", "via": "exhibit_id"}]
_IDS = [{"name": "id", "type": "id", "search": "number"}, {"name": "donor_id", "type": "id"},
    {"name": "exhibit_id", "type": "id"}]  # fmt: skip
_KINDS = [
    define("donor", ["donor", "donors"], _NAMED, label="{name}"),
    define("exhibit", ["exhibit", "exhibits"], _NAMED, label="{name}"),
    define("sale", ["sale", "sales"], [*_IDS, {"name": "item_name"}], label="sale {id}", relations=_OF_BOTH),
    define("claim", ["claim", "claims"], _IDS, label="claim {id}", relations=_OF_BOTH),
]
_RECORDS = {
    "donor": list_rows("id name", (1, "Lily Orme"), (2, "Bo Ferrer")),
    "exhibit": list_rows("id name", (11, "Water Lily"), (12, "Bronze Horse")),
    "sale": list_rows("id donor_id exhibit_id item_name", (501, 1, 12, "Bronze Horse")),
    "claim": list_rows("id donor_id exhibit_id", (71, 2, 11)),
}
SHOP = FrozenWorld({"contracts": _CONTRACTS, "kinds": _KINDS, "records": _RECORDS})


async def test_the_action_with_a_place_for_each_name_is_planned() -> None:
    made = (await ask(SHOP, "return lily's horse")).verdict
    assert isinstance(made, Plan), made
    assert [(each.action, each.filled[0].value) for each in made.steps] == [("museum.return_sale", 501)]


@pytest.mark.parametrize("text", ["return lily's lamp", "return bo's lamp"])
async def test_a_name_that_nothing_is_called_is_asked_about(text: str) -> None:
    asked = (await ask(SHOP, text)).verdict
    assert isinstance(asked, Question), asked
