"""What a question says of the state that a record has to be in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.pipeline import Plan, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.questions import describe_records, explain_exclusion, explain_unknown_name
from agent.validate.records.located import RecordQuery
from agent.workspace.context import WorkspaceContext
from registry.catalogue import Catalogue
from registry.records import Field, Kinds, Record, RecordKind
from tests.unit.agent.validate.fake_platform import SAAS, Platform, customer, ticket
from tests.unit.own_worlds import NOW, OWNER

BIKE = RecordKind(
    name="bike",
    title="Bike",
    nouns=("bike", "bikes"),
    fields=(
        Field("id", "id", "Id"),
        Field("name", "string", "Name", search="name"),
        Field("place", "enum", "Place", values=("in", "out", "stolen")),
    ),
)


@pytest.mark.parametrize(("state", "said"), [("stolen", "stolen bike"), ("out", "bike that is out")])
def test_a_state_stands_where_english_has_it(state: str, said: str) -> None:
    assert describe_records(BIKE, {"place": [state]}, None) == said


def test_it_does_in_whole_questions() -> None:
    bike = Record("bike", "7", {"id": 7, "name": "Tandem", "place": "in"}, "Tandem", "", "")
    out = RecordQuery("0.bike", "bike", BIKE, {"place": ["out"]}, action="shed.lend_bike")
    assert explain_exclusion(bike, "Tandem", out) == "Tandem is in; this needs a bike that is out."
    taken = replace(out, action="shed.take_in")
    assert explain_exclusion(bike, "Tandem", taken) == "Tandem is in already; nothing was done."
    assert explain_unknown_name(BIKE, "Comet", {"place": ["in"]}, None) == "No bike that is in is called ‘Comet’ here."
    assert explain_unknown_name(BIKE, "Comet", {}, None) == "No bike is called ‘Comet’ here."


@pytest.mark.parametrize(
    ("states", "told"),
    [(("open", "pending", "pending"), "3 tickets (1 open, 2 pending)"), (("open", "open", "open"), "3 tickets")],
)
async def test_the_card_of_a_set_says_which_states_are_in_it(states: tuple[str, ...], told: str) -> None:
    tickets = [ticket(5519 + at, 401, f"Case {at}", each) for at, each in enumerate(states)]
    agent = {"id": 1, "name": "Priya Raman", "email": "priya@example.com", "team": "support", "available": True}
    kinds = Kinds([Platform({"customer": [customer(401, "Nora Lindqvist")], "ticket": tickets, "agent": [agent]})])
    task = Task(
        Request(text="assign all open tickets to Priya Raman", now=NOW),
        OWNER,
        WorkspaceContext("shop", Catalogue(SAAS), kinds, kinds),
        "run_00000000000000000000000001",
    )
    verdict = (await propose(task, RuleResolver())).verdict
    assert isinstance(verdict, Plan), verdict
    assert f"These are {told}, with a call for each." in verdict.held
