from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from agent.pipeline import Argument, Choice, list_spans
from agent.resolve.rules.slot_filling import fill_slots
from registry.offers.offer import Offer

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def offer(
    properties: dict[str, Any], required: list[str], name: str = "thing.do", description: str = "Do it."
) -> Offer:
    return Offer(name, 1, name, description, {"type": "object", "properties": properties, "required": required})


def words(argument: Argument) -> str:
    return " ".join(span.text for span in list_spans(argument))


def date(description: str) -> dict[str, str]:
    return {"type": "string", "format": "date", "description": description}


def test_two_dates_take_two_places() -> None:
    rental = offer({"start_date": date("First day"), "end_date": date("Last day")}, ["start_date", "end_date"])
    filling = fill_slots("from 2026-12-01 to 2026-12-05", 0, rental, (), NOW)
    assert words(filling.arguments["start_date"]) == "2026-12-01"
    assert words(filling.arguments["end_date"]) == "2026-12-05"


def test_a_day_without_a_year_takes_the_one_the_request_names() -> None:
    rental = offer({"start_date": date("First day"), "end_date": date("Last day")}, ["start_date", "end_date"])
    filling = fill_slots("from April 18th to April 24th 2023", 0, rental, (), NOW)
    assert words(filling.arguments["start_date"]) == "April 18th 2023"


def test_offsets_count_in_the_request_not_in_the_clause() -> None:
    volume = offer({"volume": {"type": "integer", "description": "The volume"}}, ["volume"])
    (span,) = list_spans(fill_slots("set the volume to 80", 10, volume, (), NOW).arguments["volume"])
    assert (span.start, span.end, span.text) == (28, 30, "80")


def test_what_is_required_and_not_said_is_missing() -> None:
    volume = offer({"volume": {"type": "integer", "description": "The volume"}}, ["volume"])
    filling = fill_slots("make it louder", 0, volume, (), NOW)
    assert (filling.arguments, filling.missing) == ({}, ("volume",))


def test_what_has_a_default_is_not_missing() -> None:
    volume = offer({"volume": {"type": "integer", "default": 5}}, ["volume"])
    assert fill_slots("make it louder", 0, volume, (), NOW).missing == ()


def test_words_that_name_the_action_are_no_value() -> None:
    flight = offer(
        {"origin_city": {"type": "string", "description": "The city to leave from"}},
        ["origin_city"],
        "flight.search",
        "Search one way flights.",
    )
    assert fill_slots("a one way flight", 0, flight, (), NOW).missing == ("origin_city",)


def test_a_closed_set_gets_a_member_of_it() -> None:
    seat = offer({"seat": {"type": "string", "enum": ["aisle", "window"], "description": "Which seat"}}, ["seat"])
    chosen = fill_slots("a window seat please", 0, seat, (), NOW).arguments["seat"]
    assert isinstance(chosen, Choice)
    assert chosen.value == "window"


def test_no_words_serve_two_parameters() -> None:
    numbers = offer(
        {
            "adults": {"type": "integer", "description": "Adults"},
            "children": {"type": "integer", "description": "Children"},
        },
        ["adults", "children"],
    )
    filling = fill_slots("for 2 adults and 3 children", 0, numbers, (), NOW)
    spans = [span for argument in filling.arguments.values() for span in list_spans(argument)]
    assert len({(span.start, span.end) for span in spans}) == len(spans) == 2
    assert words(filling.arguments["adults"]).startswith("2")


def test_a_closed_set_of_ranges_does_not_stop_the_request() -> None:
    properties = {
        "size": {"type": "string", "enum": ["3-5", "10:00"], "description": "The size"},
        "volume": {"type": "integer", "description": "The volume"},
    }
    filling = fill_slots("set the volume to 80", 0, offer(properties, ["volume"]), (), NOW)
    assert words(filling.arguments["volume"]) == "80"


def text(description: str) -> dict[str, str]:
    return {"type": "string", "description": description}


def test_each_of_two_quoted_values_goes_where_its_own_label_says() -> None:
    server = offer(
        {"nickname": text("A unique name for the server."), "host": text("The hostname or IP address.")},
        ["nickname", "host"],
    )
    filling = fill_slots(
        "register our server under the nickname 'PG7', using 'db.local' for the host address", 0, server, (), NOW
    )
    assert {name: words(each) for name, each in filling.arguments.items()} == {"nickname": "PG7", "host": "db.local"}


def test_parameters_that_are_surer_of_each_others_words_trade_them() -> None:
    article = offer(
        {
            "content": text("The full content or body of the article."),
            "meta_description": text("The meta description of the article."),
        },
        ["content", "meta_description"],
    )
    said = "publish it with 'a long analysis of sleep' as content, and add a meta description saying 'How sleep affects work'"  # noqa: E501
    filling = fill_slots(said, 0, article, (), NOW)
    assert words(filling.arguments["content"]) == "a long analysis of sleep"
    assert words(filling.arguments["meta_description"]) == "How sleep affects work"


def test_the_word_of_a_closed_set_is_no_place_as_well() -> None:
    events = offer(
        {"category": {"type": "string", "enum": ["Music", "Sports"]}, "city": text("City where the event takes place")},
        ["category", "city"],
    )
    filling = fill_slots("find me some Music events", 0, events, (), NOW)
    assert (set(filling.arguments), filling.missing) == ({"category"}, ("city",))


def number(description: str = "") -> dict[str, str]:
    return {"type": "integer", "description": description}


def test_a_number_in_the_name_of_an_action_is_no_word_for_it() -> None:
    homes = offer({"baths": number("How many bathrooms")}, ["baths"], name="Homes_2_Find")
    assert words(fill_slots("a flat with 2 bathrooms", 0, homes, (), NOW).arguments["baths"]) == "2"


def test_a_question_orders_nothing_so_its_first_word_may_be_a_value() -> None:
    films = offer({"genre": {"type": "string", "enum": ["Thriller", "Comedy"]}}, ["genre"])
    (chosen,) = fill_slots("any thrillers on tonight?", 0, films, (), NOW).arguments.values()
    assert isinstance(chosen, Choice)
    assert chosen.value == "Thriller"


def test_one_sum_says_how_much_and_in_what() -> None:
    change = offer(
        {
            "amount": {"type": "number", "description": "The amount of money to convert."},
            "base_currency": {"type": "string", "description": "The currency to convert from."},
            "target_currency": {"type": "string", "description": "The currency to convert to."},
        },
        ["amount", "base_currency", "target_currency"],
    )
    filled = fill_slots("how much are 250 euros in yen?", 0, change, (), NOW).arguments
    assert {name: words(each) for name, each in filled.items()} == {
        "amount": "250 euros",
        "base_currency": "euros",
        "target_currency": "yen",
    }


def test_a_number_in_a_list_stands_on_all_its_digits() -> None:
    point = offer(
        {
            "coordinates": {
                "type": "array",
                "items": {"type": "number"},
                "description": "Latitude and longitude of the place",
            }
        },
        ["coordinates"],
    )
    filled = fill_slots("the heat at latitude 37.8710 and longitude -122.2730", 0, point, (), NOW).arguments
    assert [span.text for span in list_spans(filled["coordinates"])] == ["37.8710", "-122.2730"]


def test_whoever_is_nearly_as_sure_of_other_words_steps_aside() -> None:
    workers = offer(
        {
            "rating": number("The rating of the worker"),
            "service_id": number("The service"),
            "area_id": number("The area"),
        },
        ["area_id"],
    )
    filled = fill_slots("workers in area 3 for service 1 rated above 4", 0, workers, (), NOW).arguments
    assert {name: words(each) for name, each in filled.items()} == {"area_id": "3", "service_id": "1", "rating": "4"}


def test_the_only_number_said_is_the_one_that_is_needed() -> None:
    sku, count = text("The article."), {"type": "integer", "minimum": 1, "description": "How many."}
    restock = offer({"sku": sku, "count": count}, ["sku", "count"])
    for request in ("order 40 of TEA-250", "restock TEA-250 with 40", "order another 40 TEA-250"):
        given = fill_slots(request, 0, restock, (), NOW).arguments
        assert (words(given["sku"]), words(given["count"])) == ("TEA-250", "40")


def test_two_numbers_or_two_that_are_needed_are_asked_about() -> None:
    count = {"type": "integer", "description": "How many."}
    one = offer({"sku": text("The article."), "count": count}, ["sku", "count"])
    assert fill_slots("order 40 or 50 of TEA-250", 0, one, (), NOW).missing == ("count",)
    two = offer({"count": count, "weight": {"type": "number", "description": "How heavy."}}, ["count", "weight"])
    assert fill_slots("take 40 of them", 0, two, (), NOW).missing == ("count", "weight")
    assert fill_slots("order 40 euros of TEA-250", 0, one, (), NOW).missing == ("count",)
