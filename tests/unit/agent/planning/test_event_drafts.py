"""Drafts of a proposal by its words alone: what no typed words say is left out."""

from __future__ import annotations

from typing import Any

from agent.pipeline import Choice, Mention
from agent.planning.event_drafts import draft_by_words
from agent.planning.proposal import PlanResult
from tests.unit.own_worlds import asked, find, number, plan, world


def drafts(text: str, *calls: dict[str, Any]) -> Any:
    proposal = asked(text, "lending").parser.parse({"result": plan(*calls), "understood": "", "rest": []})
    assert isinstance(proposal.result, PlanResult)
    return draft_by_words(proposal.result.calls, world("lending").catalogue)


def test_each_argument_is_words_at_their_places() -> None:
    [draft] = drafts(
        "waive 3 euros of the fine of Ines",
        {
            "action": "waive_fine",
            "fine_id": find("fine", None, {"belongs_to": find("member", "Ines")}),
            "amount": number(3, "3 euros", "EUR"),
        },
    )
    assert draft.action == "lending.waive_fine"
    assert {name: each.text for name, each in draft.arguments.items()} == {"fine_id": "Ines", "amount": "3 euros"}


def test_a_member_of_a_closed_set_is_chosen_by_its_words_and_the_unsaid_is_left_out() -> None:
    [draft] = drafts(
        "item 103 downstairs",
        {
            "action": "set_shelf",
            "item_id": find("item", "103"),
            "shelf": {"value": "cellar", "quote": "downstairs"},
            "note": {"value": "made up", "quote": "nowhere"},
        },
    )
    assert isinstance(draft.arguments["item_id"], Mention)
    assert draft.arguments["shelf"] == Choice(value="cellar", spans=draft.arguments["shelf"].spans)
    assert "note" not in draft.arguments


def test_a_draft_of_a_models_own_is_no_words() -> None:
    letter = {"draft": "Dear Ines", "fills": []}
    [draft] = drafts("write Ines", {"action": "write_member", "member_id": find("member", "Ines"), "letter": letter})
    assert set(draft.arguments) == {"member_id"}
