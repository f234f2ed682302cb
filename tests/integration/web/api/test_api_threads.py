"""Threads over the API: who may go on from one, what a run says of its own, and how an answer looks."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Candidate, ComputedSource, ParameterValue, PromptSource, ProposedSource, Reply, Span
from agent.runs import repository
from tests.integration.web.api.shop import Shop
from web.api.run_views import ParamView

UNKNOWN = "run_00000000000000000000000000"


async def asked(shop: Shop, text: str = "close ticket 5519", *, by: str = "amir", **body: Any) -> dict[str, Any]:
    answer = await shop.call("POST", "/v1/runs", {"text": text, **body}, by=by)
    assert answer.status_code == 202, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_request_begins_a_thread_of_its_own_and_a_later_one_goes_on_from_it(shop: Shop) -> None:
    first = await asked(shop)
    assert first["thread_id"] == first["id"]
    second = await asked(shop, "and the other one", thread_id=first["id"])
    assert second["thread_id"] == first["id"]
    third = await asked(shop, "and that one", thread_id=second["id"])
    assert third["thread_id"] == first["id"], "any of its requests names a thread"
    await asked(shop, "something else")
    listed = (await shop.call("GET", "/v1/runs", by="amir", query=f"thread_id={first['id']}")).json()
    assert [each["id"] for each in listed["data"]] == [third["id"], second["id"], first["id"]]


@pytest.mark.parametrize("who", ["sara", "olivia", "eve"])
async def test_a_thread_of_somebody_else_is_404_for_everybody_an_owner_too(shop: Shop, who: str) -> None:
    first = await asked(shop)
    body = {"text": "undo that", "thread_id": first["id"]}
    answer = await shop.call("POST", "/v1/runs", body, by=who)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    absent = await shop.call("POST", "/v1/runs", {**body, "thread_id": UNKNOWN}, by=who)
    same = {name: value for name, value in answer.json().items() if name not in ("request_id", "instance")}
    assert {**same, "detail": same["detail"].replace(first["id"], UNKNOWN)} == {
        name: value for name, value in absent.json().items() if name not in ("request_id", "instance")
    }, "nothing tells whether there is one"
    listed = await shop.call("GET", "/v1/runs", by=who, query=f"thread_id={first['id']}")
    assert [each["id"] for each in listed.json()["data"]] == ([first["id"]] if who == "olivia" else [])


async def test_another_role_surface_or_mode_of_the_same_person_has_threads_of_its_own(shop: Shop) -> None:
    first = await asked(shop)
    elsewhere = await shop.call(
        "POST", "/v1/runs", {"text": "and the other", "thread_id": first["id"], "surface": "writing"}, by="amir"
    )
    assert elsewhere.status_code == 404
    begun = await asked(shop, by="olivia")
    as_support = await shop.key_of("olivia", role="support", name="as support")
    in_test = await shop.key_of("olivia", mode="test", name="in test mode")
    for key in (as_support, in_test):
        answer = await shop.call("POST", "/v1/runs", {"text": "and the other", "thread_id": begun["id"]}, by=key)
        assert answer.status_code == 404, key
    again = await shop.key_of("olivia", name="another key of hers")
    answer = await shop.call("POST", "/v1/runs", {"text": "and the other", "thread_id": begun["id"]}, by=again)
    assert answer.status_code == 202


async def test_an_action_run_by_name_is_no_turn_of_a_conversation(shop: Shop) -> None:
    """Its values came as data, and a thread's words reach a model."""
    given = await shop.call("POST", "/v1/actions/run", {"action": "saas.close_ticket", "params": {"ticket_id": 5519}})
    assert given.status_code < 300, given.text
    body = {"text": "undo that", "thread_id": given.json()["id"]}
    assert (await shop.call("POST", "/v1/runs", body)).status_code == 404


async def test_an_answer_is_shown_with_its_records_and_fitting_actions(shop: Shop) -> None:
    first = await asked(shop, "which tickets are open?")
    reply = Reply(
        text="1 ticket: #5519.",
        record_kind="ticket",
        records=(Candidate(id="5519", label="#5519"),),
        count=1,
        values=("1",),
        actions=("saas.close_ticket",),
    )
    async with shop.container.database.begin() as session:
        run = await repository.get(session, shop.actors["amir"].workspace, first["id"])
        await repository.move(session, run.with_(state="answered", reply=reply), was={"received"})
    shown = (await shop.call("GET", f"/v1/runs/{first['id']}", by="amir")).json()
    assert shown["state"] == "answered"
    assert shown["reply"] == {
        "text": "1 ticket: #5519.",
        "record_kind": "ticket",
        "records": [{"id": "5519", "label": "#5519", "detail": "", "marks": []}],
        "count": 1,
        "values": ["1"],
        "actions": ["saas.close_ticket"],
        "partial": False,
        "as_of": None,
    }


def test_a_value_says_whether_it_was_read_computed_or_proposed() -> None:
    words = (Span(start=0, end=4, text="half"),)
    shown = {}
    for source in (
        PromptSource(spans=words, read_by="model"),
        ComputedSource(reading="98 / 2 = 49", spans=words, records=("invoice INV-1",)),
        ProposedSource(),
    ):
        value = ParameterValue(param="p", label="P", value=1, shown="1", source=source)
        view = ParamView(name=value.param, label=value.label, value=1, shown="1", source=value.source)
        shown[source.kind] = view.json_value()["source"]
    assert shown["prompt"]["read_by"] == "model"
    assert (shown["computed"]["reading"], shown["computed"]["records"]) == ("98 / 2 = 49", ["invoice INV-1"])
    assert shown["proposed"] == {"kind": "proposed", "reading": ""}
