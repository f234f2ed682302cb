from __future__ import annotations

import pytest

from registry.importing.document.references import BadReference, Documents, join_names
from tests.unit.registry.importing.samples import documents

TREE = {
    "spec/api.yaml": "a: {$ref: 'parts/one.yaml#/x'}\nb: {$ref: '#/a'}\nself: {$ref: '#/self'}\nout: {$ref: '../../etc/passwd'}\n"
    "web: {$ref: 'https://other.example/x.yaml'}\nnone: {$ref: '#/nowhere'}\nanchor: {$ref: '#name'}\n"
    "said: {$ref: '#/target', description: mine}\ntarget: {type: string, description: theirs}\n'a/b~c': {v: 1}\n"
    "odd: {$ref: '#/a~1b~0c/v'}\nspaced: {$ref: '#/with%20space'}\n'with space': 3\nlist: [{$ref: '#/list/1'}, 7]",
    "spec/parts/one.yaml": "x: {$ref: '../../shared/two.json#/y'}",
    "shared/two.json": '{"y": {"type": "integer"}}',
}


def follow(tree: Documents, key: str) -> object:
    return tree.follow(tree.root[key]).value


def test_references_are_followed_from_document_to_document() -> None:
    tree = documents(TREE)
    assert follow(tree, "a") == {"type": "integer"}
    assert follow(tree, "b") == {"type": "integer"}
    assert tree.follow(tree.root["a"]).document == "shared/two.json"
    assert len(tree) == 3


def test_what_is_said_beside_a_reference_goes_before_its_target() -> None:
    tree = documents(TREE)
    assert follow(tree, "said") == {"type": "string", "description": "mine"}
    assert follow(tree, "said") is follow(tree, "said")  # one schema, however often it is met


def test_pointers_are_unescaped_and_reach_into_lists() -> None:
    tree = documents(TREE)
    assert follow(tree, "odd") == 1
    assert follow(tree, "spaced") == 3
    assert tree.follow(tree.root["list"].items()[0]).value == 7


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("self", "circle"),
        ("none", "nothing at"),
        ("anchor", "anchor"),
        ("out", "outside the folder"),
        ("web", "on the web"),
    ],
)
def test_a_reference_that_leads_nowhere_or_away_is_refused(key: str, said: str) -> None:
    tree = documents(TREE)
    with pytest.raises(BadReference, match=said):
        tree.follow(tree.root[key])


@pytest.mark.parametrize(
    ("base", "path", "made"),
    [
        ("https://a.example/v1/api.yaml", "models/x.yaml", "https://a.example/v1/models/x.yaml"),
        ("https://a.example/v1/api.yaml", "/x.yaml", "https://a.example/x.yaml"),
        ("https://a.example/api.yaml", "https://A.example/y.yaml", "https://A.example/y.yaml"),
        ("api.yaml", "./x.yaml", "x.yaml"),
    ],
)
def test_a_path_is_seen_from_its_document(base: str, path: str, made: str) -> None:
    assert join_names(base, path) == made


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("https://a.example/api.yaml", "https://b.example/x.yaml"),
        ("https://a.example/api.yaml", "//b.example/x.yaml"),
        ("https://a.example/api.yaml", "http://a.example/x.yaml"),
        ("https://a.example/api.yaml", "https://a.example:8443/x.yaml"),
        ("https://a.example/api.yaml", "file:///etc/passwd"),
        ("api.yaml", "/etc/passwd"),
        ("api.yaml", "a/../../x.yaml"),
        ("api.yaml", "%2e%2e/x.yaml"),
        ("api.yaml", "file:///etc/passwd"),
        ("api.yaml", "..\\x.yaml"),
        ("api.yaml", "a\x00.yaml"),
    ],
)
def test_no_path_leads_out_of_the_folder_or_to_another_host(base: str, path: str) -> None:
    with pytest.raises(BadReference):
        join_names(base, path)


def test_the_digest_tells_of_every_document_and_not_of_where_they_lie() -> None:
    here, there = documents({"a.yaml": "x: 1"}), documents({"b.yaml": "x: 1"})
    assert here.digest == there.digest
    tree = documents(TREE)
    before = tree.digest
    follow(tree, "a")
    assert tree.digest != before
