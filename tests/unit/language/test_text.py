from __future__ import annotations

import pytest

from language.stems import stem
from language.text import pluralize, singularize, with_article


@pytest.mark.parametrize(
    "said",
    [
        "an invoice",
        "a user",
        "a unit",
        "an uninstall",
        "an hour",
        "a one-time code",
        "a URL",
        "an upload",
        "a European order",
        "an API key",
        "a utility",
        "an honour",
        "an usher",
        "a team",
    ],
)
def test_an_article_follows_the_sound(said: str) -> None:
    assert with_article(said.partition(" ")[2]) == said


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("company", "companies"),
        ("box", "boxes"),
        ("purchase order", "purchase orders"),
        ("craftsman", "craftsmen"),
        ("woman", "women"),
        ("salesperson", "salespeople"),
        ("grandchild", "grandchildren"),
        ("foot", "feet"),
        ("tooth", "teeth"),
        ("mouse", "mice"),
        ("goose", "geese"),
        ("bookshelf", "bookshelves"),
        ("bread knife", "bread knives"),
        ("half", "halves"),
        ("wolf", "wolves"),
        ("drive", "drives"),
        ("glove", "gloves"),
        ("olive", "olives"),
        ("valve", "valves"),
        ("tie", "ties"),
        ("human", "humans"),
        ("specimen", "specimens"),
    ],
)
def test_a_noun_in_one_number_gives_the_other(one: str, many: str) -> None:
    assert (singularize(many), pluralize(one)) == (one, many)
    assert singularize(one) == one


@pytest.mark.parametrize("noun", ["specimen", "omen", "abdomen", "regimen", "acumen", "pumice"])
def test_what_only_ends_like_a_plural_is_none(noun: str) -> None:
    assert singularize(noun) == noun


@pytest.mark.parametrize(("one", "many"), [("goose", "geese"), ("loaf", "loaves"), ("child", "children")])
def test_an_irregular_plural_has_the_stem_of_its_singular(one: str, many: str) -> None:
    assert stem(many) == stem(one)
