"""What is wrong with a connector document is told with its place and what to do."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from agent.credentials.kinds import KINDS
from registry.declarative.document import make_json_schema, parse
from registry.declarative.lint import lint_folder, lint_value
from tests.unit.registry.declarative.shop import DOCUMENT

ACTION: dict[str, Any] = {
    "schema": "opsiq/contract/v1",
    "name": "shop.close_basket",
    "title": "Close a basket",
    "description": "Closes a basket.",
    "surfaces": ["admin"],
    "roles": ["owner"],
    "parameters": {
        "type": "object", "additionalProperties": False, "required": ["basket"],
        "properties": {"basket": {"type": "string", "description": "The basket."}},
    },
    "annotations": {"basket": {"record": "basket", "filter": {"status": ["open"]}}},
    "endpoint": {"url": "{base_url}/close"},
    "preview": "Close {{ params.basket }}.",
    "examples": ["close basket B001", "shut B002", "close the last open basket", "close basket B003 please"],
    "aliases": ["close", "shut"],
}  # fmt: skip


def changed(change: Any) -> dict[str, Any]:
    made = copy.deepcopy(DOCUMENT)
    change(made, made["kinds"]["basket"])
    return made


def codes(value: Any) -> set[tuple[str, str]]:
    return {(each.pointer, each.code) for each in lint_value(value)}


def test_a_sound_document_has_no_finding() -> None:
    assert lint_value(DOCUMENT) == []
    assert lint_value({**DOCUMENT, "actions": [ACTION]}) == []


@pytest.mark.parametrize(
    ("change", "where", "code"),
    [
        (lambda _, kind: kind.update(id="nr"), "/kinds/basket/id", "unknown_field"),
        (lambda _, kind: kind.update(label="{numbr}"), "/kinds/basket/label", "unknown_field"),
        (lambda _, kind: kind.update(label="{number"), "/kinds/basket/label", "bad_format"),
        (lambda _, kind: kind.update(order="age"), "/kinds/basket/order", "unknown_field"),
        (
            lambda _, kind: kind["states"].update(lost={"status": ["gone"]}),
            "/kinds/basket/states/lost/status",
            "unknown_value",
        ),
        (
            lambda _, kind: kind["words"]["de"]["states"].update(weg="away"),
            "/kinds/basket/words/de/states/weg",
            "unknown_state",
        ),
        (
            lambda _, kind: kind["fields"]["total"].pop("currency_field"),
            "/kinds/basket/fields/total/currency_field",
            "missing",
        ),
        (
            lambda _, kind: kind["fields"]["buyer"].update(pattern="("),
            "/kinds/basket/fields/buyer/pattern",
            "bad_pattern",
        ),
        (lambda _, kind: kind["fields"]["buyer"].update(at="$nobody"), "/kinds/basket/fields/buyer", "unknown_setting"),
        (
            lambda _, kind: kind.update(relations=[{"kind": "user", "via": "buyer"}]),
            "/kinds/basket/relations/0/kind",
            "unknown_kind",
        ),
        (lambda _, kind: kind["list"].update(path="/v1/{tenat}/x"), "/kinds/basket/list/path", "unfilled"),
        (lambda _, kind: kind["list"].update(path="/v1/x?all=1"), "/kinds/basket/list/path", "bad_path"),
        (
            lambda _, kind: kind["list"]["filters"].update(nope={"query": "x"}),
            "/kinds/basket/list/filters/nope",
            "unknown_field",
        ),
        (
            lambda _, kind: kind["list"]["filters"].update(buyer={"body": "/x"}),
            "/kinds/basket/list/filters/buyer",
            "no_body",
        ),
        (lambda _, kind: kind["get"].update(path="/v1/{tenant}/basket"), "/kinds/basket/get/path", "missing"),
        (lambda made, kind: made["kinds"].update(cart=kind), "/kinds/cart/nouns", "noun_twice"),
        (
            lambda made, _: made["connection"].update(credential={"type": "header"}),
            "/connection/credential/name",
            "missing",
        ),
        (
            lambda made, _: made["connection"].update(headers={"Authorization": "x"}),
            "/connection/headers/Authorization",
            "reserved",
        ),
        (lambda made, _: made.update(kinds={"Basket": {}}), "/kinds/Basket/[key]", "string_pattern_mismatch"),
        (lambda made, _: made.update(colour="red"), "/colour", "extra_forbidden"),
        (lambda made, _: made.update(actions=[{**ACTION, "name": "other.close"}]), "/actions/0/name", "foreign_name"),
        (
            lambda made, _: made.update(actions=[{**ACTION, "annotations": {"basket": {"record": "baskt"}}}]),
            "/actions/0/annotations/basket/record",
            "unknown_kind",
        ),
        (
            lambda made, _: made.update(
                actions=[{**ACTION, "annotations": {"basket": {"record": "basket", "field": "nr"}}}]
            ),
            "/actions/0/annotations/basket/field",
            "unknown_field",
        ),
    ],
)
def test_each_fault_is_told_at_its_place(change: Any, where: str, code: str) -> None:
    assert (where, code) in codes(changed(change))


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    (finding,) = [each for each in lint_value(changed(lambda _, kind: kind.update(order="made"))) if each.code]
    assert finding.detail == "There is no field 'made'; did you mean 'made_at'?"


@pytest.mark.parametrize("lenient", ["total", "currency"])
@pytest.mark.parametrize(
    ("part", "code"), [("at_most", "lenient"), ("replaces", "lenient"), ("derive", "warn_lenient")]
)
def test_no_call_rests_on_a_field_that_is_lenient(lenient: str, part: str, code: str) -> None:
    rests = {part: {"parameter": "basket", "field": "total"}, "sources": ["prompt", "record"]}
    action = copy.deepcopy(ACTION)
    action["parameters"]["properties"]["amount"] = {"type": "integer", "description": "How much."}
    action["annotations"]["amount"] = rests
    where = (f"/actions/0/annotations/amount/{part}/field", code)
    assert where not in codes({**DOCUMENT, "actions": [action]})
    made = changed(lambda _, kind: kind["fields"][lenient].update(lenient=True))
    assert where in codes({**made, "actions": [action]})


def test_a_currency_that_is_derived_from_a_lenient_field_is_advised_against() -> None:
    action = copy.deepcopy(ACTION)
    action["parameters"]["properties"] |= {
        "amount": {"type": "integer", "description": "How much."},
        "currency": {"type": "string", "description": "Its currency."},
    }
    action["annotations"] |= {
        "amount": {"unit": "money_minor", "currency_from": "currency"},
        "currency": {"derive": {"parameter": "basket", "field": "currency"}},
    }
    made = changed(lambda _, kind: kind["fields"]["currency"].update(lenient=True))
    assert ("/actions/0/annotations/amount/currency_from", "warn_lenient") in codes({**made, "actions": [action]})


def test_a_folder_is_linted_with_the_file_of_actions_it_names(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "connector.json").write_text(json.dumps({**DOCUMENT, "actions": "actions.json"}))
    assert [each.detail for each in lint_folder(folder)] == ["actions.json can't be read: No such file or directory."]
    (folder / "actions.json").write_text(json.dumps({"actions": [ACTION]}))
    assert lint_folder(folder) == []
    (folder / "connector.json").write_text("{")
    assert [each.code for each in lint_folder(folder)] == ["unreadable"]


@pytest.mark.parametrize("value", [None, 3, [], "x", {"kinds": []}, {"kinds": {"a": {"fields": 3}}}, {"actions": [[]]}])
def test_nothing_is_raised_whatever_the_document_is(value: Any) -> None:
    assert lint_value(value)


def test_the_published_schema_is_the_one_that_documents_are_held_to() -> None:
    page = Path(__file__).parents[4] / "docs" / "reference" / "connector.schema.json"
    assert json.loads(page.read_text(encoding="utf-8")) == make_json_schema()


@pytest.mark.parametrize("older", ["oauth2_client_credentials", "oauth2_refresh_token"])
def test_credentials_have_one_name_here_and_at_a_connection_and_earlier_ones_are_understood(older: str) -> None:
    def parsed(named: str) -> str:
        credential = {"type": named, "token_url": "https://id.example/token"}
        return str(parse({**DOCUMENT, "connection": {"credential": credential}}).connection.credential.type)

    assert parsed(older) in KINDS
    assert parsed(older) == parsed(parsed(older))
    listed = make_json_schema()["$defs"]["Credential"]["properties"]["type"]["enum"]
    assert set(listed) == {*KINDS} - {"certificate"} | {"none"}
    assert ("/connection/credential/token_url", "missing") in codes(
        {**DOCUMENT, "connection": {"credential": {"type": older}}}
    )


def test_an_event_close_to_a_universal_one_is_told() -> None:
    webhooks = {
        "verify": {"type": "header", "header": "X-Secret"}, "type": "/what",
        "events": {"sent": {"event": "order.shiped"}, "lost": {"event": "parcel.lost"}},
    }  # fmt: skip
    found = codes({**DOCUMENT, "webhooks": webhooks})
    assert {each for each in found if each[1] == "warn_event_name"} == {
        ("/webhooks/events/sent/event", "warn_event_name")
    }


def webhook(event: str, **more: Any) -> dict[str, Any]:
    verify = {"type": "header", "header": "X-Secret"}
    return {**DOCUMENT, "webhooks": {"verify": verify, "type": "/what", "events": {"sent": {"event": event, **more}}}}


def test_an_event_that_could_never_be_fired_is_a_fault() -> None:
    (found,) = lint_value(webhook("order.shipped", data={"customer_id": "/by"}))
    assert (found.pointer, found.code) == ("/webhooks/events/sent", "event_data")
    assert "can't be fired without order_ref" in found.detail
    assert lint_value(webhook("order.shipped", data={"order_ref": "/no", "customer_id": "/by"})) == []
    assert ("/webhooks/events/sent/event", "reserved") in codes(webhook("webhook.endpoint_disabled"))
    assert lint_value(webhook("parcel.lost")) == []
