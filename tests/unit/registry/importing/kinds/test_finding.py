from __future__ import annotations

from registry.declarative.lint import lint_value
from registry.importing.kinds.drafting import NAMED_BY
from registry.importing.tasks import write_connector
from registry.linting.linter import is_advice
from tests.unit.registry.importing.samples import api, imported

SHOP = api(
    """
/customers:
  get:
    parameters:
      - {name: q, in: query, schema: {type: string}}
      - {name: page, in: query, schema: {type: integer}}
      - {name: per_page, in: query, schema: {type: integer, maximum: 100}}
    responses:
      "200": {content: {application/json: {schema: {type: object, properties: {customers: {type: array, items: {$ref: "#/components/schemas/C"}}, meta: {type: object}}}}}}
/customers/{customer_id}:
  parameters: [{name: customer_id, in: path, required: true, schema: {type: integer}}]
  get:
    responses:
      "200": {content: {application/json: {schema: {type: object, properties: {customer: {$ref: "#/components/schemas/C"}}}}}}
/customers/{customer_id}/block:
  parameters: [{name: customer_id, in: path, required: true, schema: {type: integer}}]
  post: {}
/things:
  get:
    responses: {"200": {content: {application/json: {schema: {type: array, items: {type: object, properties: {slug: {type: string}}}}}}}}
/things/{x}:
  get:
    parameters: [{name: x, in: path, required: true, schema: {type: string}}]
    responses: {"200": {content: {application/json: {schema: {type: object, properties: {colour: {type: string}}}}}}}
""",
    more="""
components:
  schemas:
    C:
      type: object
      properties:
        id: {type: integer}
        name: {type: string}
        email: {type: string, format: email}
        balance: {type: integer, description: In minor units.}
        currency: {type: string}
        state: {type: string, enum: [active, blocked]}
        created_at: {type: string, format: date-time}
        api_token: {type: string}
        address: {type: object, properties: {city: {type: string}}}
""",
)  # fmt: skip


def test_what_can_be_listed_and_fetched_becomes_a_kind() -> None:
    kinds = {each.name: each for each in imported(SHOP).kinds}
    entry = kinds["customer"].entry
    assert entry["nouns"] == ["customer", "customers"]
    assert entry["id"] == "id"
    assert entry["label"] == "{name}"
    assert entry["get"] == {"path": "/customers/{id}", "record": "/customer"}
    assert entry["list"] == {
        "path": "/customers",
        "records": "/customers",
        "text": {"query": "q"},
        "pagination": {"type": "page", "place": {"query": "page"}, "size": {"query": "per_page"}, "max_size": 100},
    }
    assert entry["fields"]["email"] == {"at": "/email", "type": "email", "search": "email", "lenient": True}
    assert entry["fields"]["balance"] == {
        "at": "/balance",
        "type": "money_minor",
        "currency_field": "currency",
        "lenient": True,
    }
    assert entry["fields"]["id"] == {"at": "/id", "type": "id"}  # an answer without it is no use at all
    assert (entry["order"], entry["detail"]) == ("created_at", "{email} · {state}")
    assert entry["states"] == {"active": {"state": ["active"]}, "blocked": {"state": ["blocked"]}}
    assert entry["fields"]["state"]["values"] == ["active", "blocked"]
    assert "api_token" not in entry["fields"]  # nothing that may be a secret is proposed to be read


def test_the_kinds_are_what_a_connector_may_hold() -> None:
    assert [each for each in lint_value(write_connector(imported(SHOP))) if not is_advice(each)] == []
    within = """
/{x}/{y}/deep: &list
  get: {responses: {"200": {content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: string}}}}}}}}}
/{x}/{y}/deep/{id}: &one
  get: {responses: {"200": {content: {application/json: {schema: {type: object, properties: {id: {type: string}, name: {type: string}}}}}}}}
/orders: *list
/orders/{order_id}: *one
/orders/{order}/actions: *list
/orders/{order}/actions/{id}: *one
/actions: *list
/actions/{id}: *one
"""
    made = imported(api(within))
    kinds = {each.name: each.entry for each in made.kinds}
    assert sorted(kinds) == ["action", "order", "order_action"]
    assert kinds["order_action"]["scope"] == {"order": "order"}
    assert kinds["order_action"]["nouns"] == ["order action", "order actions"]
    assert [each for each in lint_value(write_connector(made)) if not is_advice(each)] == []


def test_a_kind_without_a_sure_id_is_none() -> None:
    assert "thing" not in {each.name for each in imported(SHOP).kinds}


def test_by_what_people_name_a_record_is_asked_where_it_has_no_name() -> None:
    (log,) = imported(
        api(
            """
/logs:
  get: {responses: {"200": {content: {application/json: {schema: {type: array, items: &log {type: object, properties: {id: {type: integer}, level: {type: integer}}}}}}}}}
/logs/{id}:
  get: {responses: {"200": {content: {application/json: {schema: *log}}}}}
"""
        )
    ).kinds
    assert log.decide == (NAMED_BY,)


FLAGS = api(
    """
/api/projects:
  get: {responses: {"200": {content: {application/json: {schema: {type: object, properties: {projects: {type: array, items: {$ref: "#/components/schemas/Project"}}}}}}}}}
/api/projects/{projectId}/flags:
  parameters: [&project {name: projectId, in: path, required: true, schema: {type: string}}]
  get: {responses: {"200": {content: {application/json: {schema: {type: object, properties: {flags: {type: array, items: &flag {$ref: "#/components/schemas/Flag"}}}}}}}}}
  post: {summary: Add a feature flag, requestBody: {content: {application/json: {schema: {type: object, required: [name], properties: {name: {type: string}}}}}}}
/api/projects/{projectId}/flags/{flagName}:
  parameters: [*project, &name {name: flagName, in: path, required: true, schema: {type: string}}]
  get: {responses: {"200": {content: {application/json: {schema: *flag}}}}}
  put: {summary: Update a feature flag, requestBody: {content: {application/json: {schema: {type: object, properties: {description: {type: string}, stale: {type: boolean}, note: {type: string}}}}}}}
  delete: {summary: Archive a feature flag}
/api/projects/{projectId}/flags/{flagName}/on:
  parameters: [*project, *name]
  post: {summary: Enable it}
/sdk/flags:
  get: {responses: {"200": {content: {application/json: {schema: {type: array, items: *flag}}}}}}
/sdk/flags/{flagName}:
  parameters: [*name]
  get: {responses: {"200": {content: {application/json: {schema: *flag}}}}}
/api/user-admin/:
  get: {responses: {"200": {content: {application/json: {schema: {type: array, items: &user {$ref: "#/components/schemas/User"}}}}}}}
/api/user-admin/{id}/:
  parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
  get: {summary: Get user info, responses: {"200": {content: {application/json: {schema: *user}}}}}
  patch: {summary: Update a user, requestBody: {content: {application/json: {schema: {type: object, properties: {username: {type: string}, project_id: {type: string}}}}}}}
  delete: {summary: Delete a user}
/tags:
  get: {responses: {"200": {content: {application/json: {schema: &tags {type: object, properties: {tags: {type: array, items: {type: object, properties: {type: {type: string}, value: {type: string}}}}}}}}}}}
/tags/{type}:
  parameters: [{name: type, in: path, required: true, schema: {type: string}}]
  get: {responses: {"200": {content: {application/json: {schema: *tags}}}}}
""",
    more="""
components:
  schemas:
    Project: {type: object, properties: {id: {type: string}, name: {type: string}}}
    Flag: {type: object, properties: {name: {type: string}, description: {type: string}, stale: {type: boolean}, lastSeenAt: {type: string, format: date-time}}}
    User: {type: object, properties: {id: {type: integer}, first_name: {type: string}, last_name: {type: string}, project_id: {type: string}}}
""",
)  # fmt: skip


def test_of_two_lists_that_one_is_a_kind_which_operations_change() -> None:
    flag = {each.name: each for each in imported(FLAGS).kinds}["flag"]
    assert flag.entry["list"]["path"] == "/api/projects/{project}/flags"
    assert flag.entry["get"]["fuller"]  # the list comes whole, but a PUT writes all that there is of a flag
    assert flag.entry["scope"] == {"project": "project"}
    assert (flag.own_field, flag.scope_field) == ("name", "project")
    assert flag.entry["fields"]["id"] == {"at": "/name", "type": "id"}
    assert flag.entry["fields"]["project"] == {"at": "$project", "type": "id"}
    assert "last_seen_at" not in flag.entry["fields"]  # it changes by itself, and a card would never hold


def test_a_kind_needs_no_read_of_one_record_where_the_path_says_its_id() -> None:
    project = {each.name: each for each in imported(FLAGS).kinds}["project"]
    assert (project.entry["id"], "get" in project.entry) == ("id", False)


def test_what_answers_with_the_list_again_is_no_read_of_one_record() -> None:
    assert "tag" not in {each.name for each in imported(FLAGS).kinds}


def test_titles_say_what_a_record_is_called_and_what_it_belongs_to() -> None:
    kinds = {each.name: each.entry for each in imported(FLAGS).kinds}
    assert kinds["flag"]["nouns"] == ["flag", "flags", "feature flag", "feature flags"]
    assert kinds["user"]["nouns"][:2] == ["user", "users"]
    assert kinds["user"]["label"] == "{first_name} {last_name}"
    assert kinds["user"]["relations"] == [{"kind": "project", "via": "project_id"}]
    assert [each for each in lint_value(write_connector(imported(FLAGS))) if not is_advice(each)] == []


def test_a_query_that_a_document_writes_into_a_path_is_sent_as_one() -> None:
    (skill,) = imported(
        api(
            """
/skills?beta=true:
  get: {parameters: [{name: page, in: query, schema: {type: integer}}], responses: {"200": {content: {application/json: {schema: {type: array, items: &skill {type: object, properties: {id: {type: string}, name: {type: string}}}}}}}}}
/skills/{skill_id}?beta=true:
  get: {parameters: [{name: skill_id, in: path, required: true, schema: {type: string}}], responses: {"200": {content: {application/json: {schema: *skill}}}}}
"""
        )
    ).kinds  # fmt: skip
    assert skill.entry["list"]["path"] == "/skills"
    assert skill.entry["list"]["query"] == {"beta": "true"}
    assert skill.entry["get"] == {"path": "/skills/{id}", "query": {"beta": "true"}}


def test_a_list_by_post_is_one() -> None:
    (flow,) = imported(
        api(
            """
/flows/filter:
  post: {responses: {"200": {content: {application/json: {schema: {type: array, items: &flow {type: object, properties: {id: {type: string}, name: {type: string}}}}}}}}}
/flows/{id}:
  get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {"200": {content: {application/json: {schema: *flow}}}}}
"""
        )
    ).kinds  # fmt: skip
    assert flow.entry["list"]["method"] == "POST"
    assert flow.entry["list"]["path"] == "/flows/filter"


LABELS = api(
    """
/labels:
  get:
    responses:
      "200": {content: {application/json: {schema: {type: object, additionalProperties: {$ref: "#/components/schemas/L"}}}}}
/label:
  post:
    summary: Create label
    requestBody: {content: {application/json: {schema: {type: object, properties: {title: {type: string}}}}}}
/label/{key}:
  parameters: [{name: key, in: path, required: true, schema: {type: string}}]
  get:
    responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/L"}}}}}
  put:
    summary: Update label
    requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/L"}}}}
/label/{key}/uses:
  parameters: [{name: key, in: path, required: true, schema: {type: string}}]
  get:
    responses: {"200": {content: {application/json: {schema: {type: object, additionalProperties: {type: string}}}}}}
/racks:
  get:
    parameters: [{name: page, in: query, schema: {type: integer}}]
    responses:
      "200": {content: {application/json: {schema: {type: object, properties: {count: {type: integer}, results: {type: array, items: {$ref: "#/components/schemas/L"}}}}}}}
/racks/{key}:
  parameters: [{name: key, in: path, required: true, schema: {type: string}}]
  delete: {}
""",
    more="""
components:
  schemas:
    L: {type: object, properties: {key: {type: string}, title: {type: string}, colour: {type: string, default: grey}}}
""",
)  # fmt: skip


def test_records_under_their_keys_at_a_singular_address_become_a_kind() -> None:
    kinds = {each.name: each for each in imported(LABELS).kinds}
    assert list(kinds) == ["label", "rack"]
    label = kinds["label"]
    assert (label.path, label.entry["id"]) == ("/label/{key}", "key")
    assert label.entry["list"] == {"path": "/labels", "records": "", "keyed_by": "/key", "pagination": {"type": "none"}}


def test_what_is_written_anew_as_a_whole_is_read_by_itself() -> None:
    kinds = {each.name: each for each in imported(LABELS).kinds}
    assert kinds["label"].entry["get"] == {"path": "/label/{id}", "fuller": True}


def test_how_many_records_there_are_is_read_where_the_answer_tells() -> None:
    kinds = {each.name: each for each in imported(LABELS).kinds}
    assert kinds["rack"].entry["list"]["pagination"]["total"] == "/count"


def test_an_object_of_records_that_repeats_no_id_goes_by_its_keys() -> None:
    plain = LABELS.replace(
        "L: {type: object, properties: {key: {type: string}, title", "L: {type: object, properties: {title"
    )
    kinds = {each.name: each for each in imported(plain).kinds}
    assert (kinds["label"].entry["id"], kinds["label"].entry["list"]["keyed_by"]) == ("key", "/key")


BY_QUERY = api(
    """
/yards:
  get:
    parameters: [{name: view, in: query, required: true, schema: {type: string, enum: [all]}}]
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/B"}}}}}}
/yards/{id}:
  parameters: [{name: id, in: path, required: true, schema: {type: string}}]
  delete: {}
/boats:
  get:
    parameters: [{name: yardId, in: query, required: true, schema: {type: string}}]
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/B"}}}}}}
/boats/{id}:
  parameters: [{name: id, in: path, required: true, schema: {type: string}}]
  get:
    responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/B"}}}}}
  put:
    requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/B"}}}}
/masts:
  get:
    parameters: [{name: colour, in: query, required: true, schema: {type: string}}]
    responses: {"200": {content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/B"}}}}}}
/masts/{id}:
  parameters: [{name: id, in: path, required: true, schema: {type: string}}]
  delete: {}
""",
    more="""
components:
  schemas:
    B: {type: object, properties: {id: {type: string}, name: {type: string}}}
""",
)  # fmt: skip


def test_a_list_is_given_what_it_needs_where_a_kind_or_the_document_says_it() -> None:
    made = imported(BY_QUERY)
    kinds = {each.name: each for each in made.kinds}
    assert list(kinds) == ["yard", "boat"]  # of masts nobody knows which colour
    assert kinds["yard"].entry["list"]["query"] == {"view": "all"}
    assert kinds["yard"].decide[0] == "Its list is always asked with view=all: does it tell of every record so?"
    boat = kinds["boat"]
    assert boat.entry["list"]["query"] == {"yardId": "{yard}"}
    assert boat.entry["get"] == {"path": "/boats/{id}", "fuller": True}
    assert (boat.entry["scope"], boat.entry["relations"]) == ({"yard": "yard"}, [{"kind": "yard", "via": "yard"}])
    assert not [each for each in lint_value(write_connector(made)) if not is_advice(each)]
