from __future__ import annotations

import pytest

from registry.importing.drafts import words
from tests.unit.registry.importing.samples import api, imported


@pytest.mark.parametrize(
    ("operation", "id_", "name"),
    [
        ("get /customers", "", "customers.list"),
        ("get /customers/{id}", "", "customers.get"),
        ("post /v1/customers", "", "customers.create"),
        ("post /customers/{id}/block", "", "customers.block"),
        ("delete /customers/{id}", "", "customers.delete"),
        ("post /orders/{id}:cancel", "", "orders.cancel"),
        ("get /conversations.info", "conversations_info", "conversations.info"),
        ("get /me", "", "me.get"),
        ("post /refunds", "createRefund", "refund.create"),
        ("post /x", "ssh_keys_create", "ssh_keys.create"),
        ("post /x", "repos/add-tag", "repos.add_tag"),
        ("post /x", "admin.apps.approve", "admin_apps.approve"),
        ("post /x", "databases_create_topic", "databases.create_topic"),
        ("post /orders", "updateOrCreateOrders", "orders.update_or_create"),
        ("get /files/{file_id}", "get_files_file_id", "files.get"),
        ("put /items/{item_id}", "update_item_items__item_id__put", "items.replace"),
        ("get /parcels", "list_parcels_parcels_get", "parcels.list"),
        ("post /parcels", "create_parcel_parcels_post", "parcels.create"),
        ("post /parcels", "weigh_parcel_parcels_post", "parcels.weigh"),
        ("post /parcels/{no}/seal", "seal_parcel_parcels__no__seal_post", "parcels.seal"),
        ("post /parcels/{no}/sendback", "send_back_parcel_parcels__no__sendback_post", "parcels.sendback"),
        ("post /parcels/{no}/notes", "jot_note_parcels__no__notes_post", "notes.jot"),
        ("post /tram-rides", "sign_off_tram_rides_post", "tram_rides.sign_off"),
        ("post /tram-rides", "sign_up_tram_ride_tram_rides_post", "tram_rides.sign_up"),
        ("post /tram-rides", "night_service_tram_rides_post", "tram_rides.create"),
        ("post /tram-rides", "post_tram_ride_tram_rides_post", "tram_rides.create"),
        ("post /v2/tram-rides/", "board_ride_v2_tram_rides__post", "tram_rides.create"),
        ("get /reserved", "reservedIPs_list", "reserved_ips.list"),
    ],
)
def test_a_name_is_resource_and_verb(operation: str, id_: str, name: str) -> None:
    method, path = operation.split()
    said = f"operationId: {id_}" if id_ else "{}"
    given = [each for each in path.split("/") if "{" in each]
    inner = given[0].partition("}")[0].strip("{") if given else ""
    declared = (
        f"parameters: [{{name: {inner}, in: path, required: true, schema: {{type: string}}}}]\n  " if inner else ""
    )
    body = f"{declared}{method}:\n    {said}" if id_ else f"{declared}{method}: {said}"
    assert [each.contract["name"] for each in imported(api(f"{path}:\n  {body}")).drafts] == [name]


def test_operations_that_would_be_called_the_same_tell_more_of_their_path() -> None:
    made = imported(api("/a/keys:\n  get: {}\n/b/keys:\n  get: {}\n/b/keys/:\n  get: {}"))
    names = [each.contract["name"] for each in made.drafts]
    assert len(set(names)) == 3
    assert names[0] == "a_keys.list"
    again = imported(api("/b/keys/:\n  get: {}\n/b/keys:\n  get: {}\n/a/keys:\n  get: {}"))
    assert {e.operation.key: e.contract["name"] for e in again.drafts} == {
        e.operation.key: e.contract["name"] for e in made.drafts
    }


def test_a_name_that_was_given_before_stays() -> None:
    kept = {"operations": {"GET /b/keys": {"name": "keys.list"}}}
    made = imported(api("/a/keys:\n  get: {}\n/b/keys:\n  get: {}"), kept)
    assert {e.operation.key: e.contract["name"] for e in made.drafts} == {
        "GET /a/keys": "a_keys.list",
        "GET /b/keys": "keys.list",
    }


@pytest.mark.parametrize(
    ("summary", "title"),
    [
        ("Creates a customer.", "Create a customer"),
        ("Lists all orders", "List all orders"),
        ("Pins an item to a board", "Pin an item to a board"),
        ("Publishes a page", "Publish a page"),
        ("Access the log", "Access the log"),
        ("Returns **one** `order` of [a shop](https://x)", "Get one order of a shop"),
        ("<b>Time</b> estimates", "Time estimates"),
        ("", "Create a thing"),
    ],
)
def test_a_title_is_a_plain_imperative(summary: str, title: str) -> None:
    made = imported(api(f'/things:\n  post: {{summary: "{summary}"}}'))
    assert made.drafts[0].contract["title"] == title


def test_descriptions_are_plain_text_cut_at_a_sentence() -> None:
    assert (
        words.to_plain_text("Some **bold** <br>text&nbsp;&amp; [a link](x)\n\n* one\n\u202e\u3164*")
        == "Some bold text & a link one *"
    )
    assert words.cut_text("One is here. Two is there. Three.", 28) == "One is here. Two is there."
    assert words.cut_text("Keep e.g. this whole thing together", 20) == "Keep e.g. this…"


def test_a_parameters_name_is_a_word_whatever_the_wire_says() -> None:
    assert words.to_snake_case("StatusCallbackURL") == "status_callback_url"
    assert words.to_snake_case("filter[created_at]") == "filter_created_at"
    assert words.to_snake_case("2fa") == "n_2_fa"
    assert words.to_snake_case("größe") == "grosse" or words.to_snake_case("größe") == "groe"
    assert words.to_snake_case("数量").startswith("field_")
    assert len(words.to_snake_case("very_long_" * 20)) <= 64
    assert words.to_snake_case("very_long_" * 20) != words.to_snake_case("very_long_" * 21)


@pytest.mark.parametrize(
    ("title", "name"), [("Create a team", "team.create"), ("Create or update a team", "teams.update")]
)
def test_what_makes_the_record_that_its_path_names_is_called_create(title: str, name: str) -> None:
    named = "parameters: [{name: team, in: path, required: true, schema: {type: string}}]"
    (draft,) = imported(api(f"/teams/{{team}}:\n  {named}\n  post: {{summary: {title}}}")).drafts
    assert draft.contract["name"] == name


def test_calls_of_one_address_are_told_apart_by_the_verbs_of_their_titles() -> None:
    named = "parameters: [{name: ship, in: path, required: true, schema: {type: string}}]"
    calls = "post: {summary: Launch a ship}\n  patch: {summary: Modify a ship}"
    made = imported(api(f"/docks/ships/{{ship}}:\n  {named}\n  {calls}"))
    assert [each.contract["name"] for each in made.drafts] == ["docks_ships.launch", "docks_ships.update"]
