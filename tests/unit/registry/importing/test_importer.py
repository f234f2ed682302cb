from __future__ import annotations

from typing import Any

import pytest

from core.errors import InvalidInput
from registry.contract import parse
from registry.endpoints.rendering import Binding, render
from registry.endpoints.types import HttpEndpoint
from registry.importing.document.parser import UnreadableDocument
from registry.importing.drafts.drafting import Draft
from registry.linting.linter import is_advice, lint
from tests.unit.registry.importing.lost_parameters import Plain, lost_parameters
from tests.unit.registry.importing.samples import api, drafted, imported, refused
from tests.unit.registry.importing.samples.shapes import (
    EVERY,
    MADE_BY_A_FRAMEWORK,
    MANY_FORMS,
    NAMES_IN_CAPITALS,
    NESTED_FORMS,
    SWAGGER_2,
    VENDOR_MEDIA_TYPES,
    WILDCARDS_AND_ACTIONS,
)


def request(draft: Draft, params: dict[str, Any]) -> tuple[str, str, str]:
    """Method, URL and body of the call that a draft would make."""
    contract = parse(draft.contract)
    assert isinstance(contract.endpoint, HttpEndpoint)
    made = render(contract.endpoint, Binding(params, "call_1"), "https://base.example")
    return made.method, made.url.removeprefix("https://base.example"), made.body


def properties(draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = draft.contract["parameters"]["properties"]
    return found


@pytest.mark.parametrize("shape", EVERY)
def test_every_operation_is_drafted_or_refused_and_no_parameter_is_lost(shape: str) -> None:
    made = imported(EVERY[shape].strip())
    contracts = {each.contract["name"]: each.contract for each in made.drafts}
    plain = Plain("api.yaml", lambda _: EVERY[shape].strip().encode())
    assert list(lost_parameters(plain, made.report(), contracts)) == []
    assert len(contracts) == len(made.drafts) > 0


@pytest.mark.parametrize("shape", EVERY)
def test_every_draft_passes_the_linter_and_lets_nobody_run_it(shape: str) -> None:
    for each in imported(EVERY[shape].strip()).drafts:
        assert [finding for finding in lint([each.contract]) if not is_advice(finding)] == []
        assert each.contract["roles"] == []
        method = each.contract["endpoint"]["method"]
        assert each.contract["risk"] == {"GET": "read", "DELETE": "irreversible"}.get(method, "write")
        assert method == "GET" or each.contract["confirmation"] == {"policy": "always"}


def test_a_lost_parameter_would_be_found() -> None:
    made = imported(MANY_FORMS.strip())
    contracts = {each.contract["name"]: each.contract for each in made.drafts}
    report = made.report()
    plain = Plain("api.yaml", lambda _: MANY_FORMS.encode())
    for slot in list(report["drafts"][0]["parameters"]):
        less = {**report["drafts"][0], "parameters": [e for e in report["drafts"][0]["parameters"] if e is not slot]}
        assert list(lost_parameters(plain, {**report, "drafts": [less]}, contracts)), slot
    contracts["payouts.create"]["endpoint"]["body"]["fields"].pop("/to/iban")
    assert list(lost_parameters(plain, report, contracts))


def test_a_nested_body_is_taken_apart_and_put_together_again() -> None:
    draft = drafted(MANY_FORMS.strip(), "POST /payouts")
    assert draft.contract["parameters"]["required"] == ["amount_value", "amount_currency", "to_type"]
    assert draft.contract["annotations"]["amount_value"] == {"unit": "money_minor", "currency_from": "amount_currency"}
    assert properties(draft)["to_type"]["enum"] == ["bank", "card"]
    params = {
        "amount_value": 5,
        "amount_currency": "EUR",
        "to_type": "bank",
        "to_iban": "X",
        "tree_children": [{"name": "a"}],
    }
    assert request(draft, params)[2] == (
        '{"amount":{"currency":"EUR","value":5},"to":{"iban":"X","type":"bank"},"tree":{"children":[{"name":"a"}]}}'
    )


@pytest.mark.parametrize("name", ["7", "n" * 150, '"\\0"'])
def test_a_body_with_a_field_that_no_pointer_names_is_kept_whole(name: str) -> None:
    body = f"{{type: object, properties: {{{name}: {{type: string}}, other: {{type: string}}}}}}"
    draft = drafted(
        api(f"/a:\n  post:\n    requestBody: {{content: {{application/json: {{schema: {body}}}}}}}"), "POST /a"
    )
    assert set(properties(draft)) == {"body"}
    assert request(draft, {"body": {"7": "x"}})[2] == '{"7":"x"}'


def test_a_form_writes_nested_values_in_brackets() -> None:
    draft = drafted(NESTED_FORMS.strip(), "POST /v1/subscriptions")
    params = {"buyer": "b 1", "items": [{"plan": "p", "quantity": 2}], "metadata": {"k": "v"}, "billing_day": 3}
    assert request(draft, params)[2] == (
        "buyer=b+1&items%5B0%5D%5Bplan%5D=p&items%5B0%5D%5Bquantity%5D=2&metadata%5Bk%5D=v&billing%5Bday%5D=3"
    )
    query = request(drafted(NESTED_FORMS.strip(), "GET /v1/subscriptions"), {"created": {"gt": 1}, "expand": ["a"]})[1]
    assert query == "/v1/subscriptions?created%5Bgt%5D=1&expand%5B0%5D=a"


def test_another_json_media_type_is_sent_as_it_is_declared() -> None:
    draft = drafted(VENDOR_MEDIA_TYPES.strip(), "PATCH /repos/{owner}/{repo}/issues/{issue_number}/labels")
    assert draft.contract["endpoint"]["body"]["content_type"] == "application/vnd.code.v3+json"
    assert "default" not in properties(draft)["title"]
    whole = drafted(VENDOR_MEDIA_TYPES.strip(), "POST /repos/{owner}/{repo}/issues/{issue_number}/labels")
    params = {"owner": "o", "repo": "r", "issue_number": 1, "body": ["bug"]}
    assert request(whole, params) == ("POST", "/repos/o/r/issues/1/labels", '["bug"]')


def test_lists_of_a_form_are_repeated_and_the_path_keeps_its_suffix() -> None:
    draft = drafted(NAMES_IN_CAPITALS.strip(), "POST /2010-04-01/Accounts/{AccountSid}/Messages.json")
    params = {"account_sid": "AC1", "to": "+1", "media_url": ["https://a.example", "https://b.example"]}
    method, url, body = request(draft, params)
    assert (method, url) == ("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    assert body == "To=%2B1&MediaUrl=https%3A%2F%2Fa.example&MediaUrl=https%3A%2F%2Fb.example"


def test_a_circle_is_cut_and_what_is_read_only_is_not_asked_for() -> None:
    draft = drafted(MADE_BY_A_FRAMEWORK.strip(), "PUT /items/{item_id}")
    assert set(properties(draft)) == {"item_id", "q", "name", "price", "kind", "tags", "owner_full_name", "parts"}
    assert properties(draft)["parts"]["items"]["properties"]["parts"] == {"type": "array"}
    assert properties(draft)["price"]["exclusiveMinimum"] == 0
    assert any("parts" in each for each in draft.notes)
    assert draft.contract["endpoint"]["error"] == [
        "/detail/0/msg", "/message", "/detail", "/error/message", "/error",
    ]  # fmt: skip


def test_a_path_of_several_segments_and_a_query_in_it_are_kept() -> None:
    text = WILDCARDS_AND_ACTIONS.strip()
    assert request(drafted(text, "GET /files/{path}+"), {"path": "a/b c"})[1] == "/files/a/b%20c"
    assert request(drafted(text, "POST /rpc?action=restart"), {"force": True})[1] == "/rpc?action=restart&force=true"
    found = request(drafted(text, "GET /search"), {"ids": [1, 2], "fields": ["a", "b"], "where": {"a": "x"}, "size": 3})
    assert found[1] == "/search?ids=1%7C2&fields=a%2Cb&where=%7B%22a%22%3A%22x%22%7D&size=3"
    assert request(drafted(text, "POST /proxy/{rest*}"), {"rest": "a/b", "body": "hi"})[1:] == ("/proxy/a/b", "hi")


def test_a_relative_server_is_a_question() -> None:
    made = imported(WILDCARDS_AND_ACTIONS.strip())
    assert any("Base address" in each and "'/api'" in each for each in made.decide)
    assert made.connections == {"store": "/api"}


def test_swagger_2_is_read_as_what_it_means_today() -> None:
    made = imported(SWAGGER_2.strip())
    assert made.description.server == "https://pets.example/v2"
    pet = drafted(SWAGGER_2.strip(), "POST /pets")
    assert pet.contract["parameters"]["required"] == ["x_tenant", "kind", "name"]
    assert "id" not in properties(pet)
    form = drafted(SWAGGER_2.strip(), "POST /pets/{petId}")
    assert properties(form)["weight"] == {"type": "number", "exclusiveMinimum": 0}
    assert properties(form)["pet_id"] == {"type": "integer"}  # a bound beyond 2^53 has no canonical form
    params = {"x_tenant": "t", "tags": ["a", "b"], "ids": [1, 2]}
    assert request(drafted(SWAGGER_2.strip(), "GET /pets"), params)[1] == "/pets?tags=a&tags=b&ids=1%2C2"


def test_a_cookie_that_need_not_be_sent_is_left_out_and_told() -> None:
    made = drafted(api("/a:\n  get:\n    parameters: [{name: s, in: cookie, schema: {type: string}}]"), "GET /a")
    assert properties(made) == {}
    assert made.supplied == {"s": "nothing: it is a cookie that need not be sent"}


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ("/a:\n  get:\n    parameters: [{name: s, in: cookie, required: true, schema: {type: string}}]", "cookie"),
        ("/a:\n  head: {}", "HEAD"),
        ("/a:\n  get:\n    requestBody: {content: {application/json: {schema: {type: object}}}}", "GET with a body"),
        ("/a:\n  post:\n    requestBody: {content: {image/png: {schema: {type: string, format: binary}}}}", "file"),
        ("/a/{id}:\n  get: {}", "no such path parameter"),
        ("/a:\n  get:\n    parameters: [{name: id, in: path, required: true, schema: {type: string}}]", "holds none"),
        ("/a:\n  get:\n    parameters: [{name: x}]", "no name or no place"),
        ("/a:\n  get:\n    parameters: [{$ref: '#/nowhere'}]", "nothing at"),
        ("/a:\n  get: 7", "no object"),
        ("/a/{id}:\n  get:\n    parameters: [{name: id, in: path, style: matrix, schema: {type: string}}]", "style"),
        ("/a:\n  get:\n    parameters: [{name: 'a b', in: header, schema: {type: string}}]", "header"),
        ("/a:\n  post:\n    requestBody: {content: {multipart/form-data: {schema: {type: object, properties: "
         "{f: {type: string, format: binary}}}}}}", "file"),
        ("/a:\n  post:\n    requestBody: {$ref: '#/components/nobody'}", "nothing at"),
    ],
)  # fmt: skip
def test_what_can_not_be_sent_is_refused_with_its_reason(paths: str, said: str) -> None:
    method = next(each for each in ("get", "head", "post") if f"\n  {each}:" in paths).upper()
    path = paths.partition(":\n")[0]
    assert said in refused(api(paths), f"{method} {path}")


@pytest.mark.parametrize(
    "text", ["[]", "{}", "a: 1", "openapi: 4.0.0\npaths: {}", "openapi: 3.0.0", "openapi: 3.0.0\npaths: []", "7"]
)
def test_what_is_no_openapi_document_is_told(text: str) -> None:
    with pytest.raises(UnreadableDocument):
        imported(text)


def test_decisions_are_applied() -> None:
    decisions = {
        "roles": ["clerk"],
        "connection": {"name": "till", "base_address": "https://till.example"},
        "operations": {
            "POST /payouts": {
                "name": "payout.make", "title": "Pay out", "risk": "irreversible", "roles": ["owner"],
                "parameters": {
                    "to_iban": {"record": "account", "field": "iban"}, "to_type": {"fixed": {"value": "bank"}},
                    "amount_value": {"label": "Amount"},
                },
            },
            "GET /gone": {"include": False},
        },
    }  # fmt: skip
    made = imported(MANY_FORMS.strip(), decisions)
    contract = made.drafts[0].contract
    assert (contract["name"], contract["title"], contract["risk"]) == ("payout.make", "Pay out", "irreversible")
    assert contract["roles"] == ["owner"]
    assert contract["endpoint"]["connection"] == "till"
    assert contract["endpoint"]["body"]["fields"]["/to/type"] == {"value": "bank"}
    assert "to_type" not in contract["parameters"]["properties"]
    assert contract["annotations"]["to_iban"] == {"record": "account", "field": "iban"}
    assert contract["annotations"]["amount_value"]["label"] == "Amount"
    assert any("GET /gone" in each for each in made.decide)
    assert imported(NESTED_FORMS.strip(), decisions).drafts[0].contract["roles"] == ["clerk"]


@pytest.mark.parametrize(
    ("decisions", "place"),
    [
        ({"operations": {"POST /payouts": {"rols": []}}}, "/operations/POST ~1payouts/rols"),
        ({"operations": {"POST /payouts": {"risk": "harmless"}}}, "/operations/POST ~1payouts/risk"),
        ({"connection": {"name": "Not A Name"}}, "/connection/name"),
        ({"schema": "opsiq/import-decisions/v9"}, "/schema"),
    ],
)
def test_a_decision_that_can_not_be_read_is_told_by_its_place(decisions: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        imported(MANY_FORMS.strip(), decisions)
    assert place in [each.pointer for each in caught.value.findings]


UPLOAD = api(
    """
/notes:
  post:
    requestBody:
      content:
        multipart/form-data:
          schema:
            type: object
            properties:
              text: {type: string}
              scan: {type: string, format: binary}
              pages: {type: array, items: {type: string, format: binary}}
/scans:
  post:
    requestBody:
      content:
        multipart/form-data:
          schema: {type: object, required: [scan], properties: {text: {type: string}, scan: {type: string, format: binary}}}
/notes/{id}/pin:
  post:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    responses: {"204": {description: Pinned}, "415": {description: No JSON}}
/notes/{id}/unpin:
  post:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    responses: {"204": {description: Unpinned}}
"""
)


def test_a_file_that_need_not_be_sent_is_left_out_and_told() -> None:
    draft = drafted(UPLOAD, "POST /notes")
    assert list(draft.contract["parameters"]["properties"]) == ["text"]
    assert draft.supplied == dict.fromkeys(("scan", "pages"), "nothing: it is a file that need not be sent")
    assert "takes a file" in refused(UPLOAD, "POST /scans")


def test_a_platform_that_looks_at_the_type_of_no_body_is_sent_an_empty_one() -> None:
    assert request(drafted(UPLOAD, "POST /notes/{id}/pin"), {"id": "7"}) == ("POST", "/notes/7/pin", "{}")
    assert request(drafted(UPLOAD, "POST /notes/{id}/unpin"), {"id": "7"}) == ("POST", "/notes/7/unpin", "")


PEEK = api(
    """
/bells/{id}:
  get:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {name: rung, in: query, description: Pause or ring it, schema: {type: string, enum: [on, off]}}
      - {name: full, in: query, description: Set to 1 to see all, schema: {type: string, enum: ["1"]}}
/bells:
  get:
    parameters:
      - {name: full, in: query, description: Set to 1 to see all, schema: {type: string, enum: ["1"]}}
      - {name: start, in: query, description: Start of the range, schema: {type: string}}
"""
)


def test_a_get_whose_parameter_changes_something_counts_as_a_write() -> None:
    made = drafted(PEEK, "GET /bells/{id}")
    assert (made.contract["risk"], made.contract["confirmation"]["policy"]) == ("write", "always")
    assert "It is a GET, but rung would change something: it counts as a write." in made.notes
    assert drafted(PEEK, "GET /bells").contract["risk"] == "read"


def test_where_a_document_describes_no_errors_their_sentence_is_looked_for_where_platforms_have_it() -> None:
    draft = drafted(api("/bells:\n  post: {summary: Ring a bell}"), "POST /bells")
    assert draft.contract["endpoint"]["error"] == ["/message", "/detail", "/error/message", "/error"]
