"""A path that a server could read as leading up is told from one that only looks odd."""

from __future__ import annotations

import pytest

from registry.endpoints.paths import leads_up


@pytest.mark.parametrize(
    "path",
    [
        "/..",
        "/./jars",
        "/jars/../lids",
        "/jars/%2e%2E/lids",
        "/.%2e/lids",
        "/..%2flids",
        "/jars%2F..%2Flids",
        "/..%5Clids",
        "/jars/..;/lids",
        "/jars/..%3Bv=1/lids",
        "/..%3flids",
        "/..%00/lids",
        "/..%20/lids",
        "/.%09./lids",
        "/%252e%252e%252flids",
        "/%25252e%25252e/lids",
        "/%EF%BC%8E%EF%BC%8E/lids",
        "/%2525252525252525252e",
    ],
)
def test_a_path_that_leads_up_is_known_in_every_spelling(path: str) -> None:
    assert leads_up(path)


@pytest.mark.parametrize(
    "path",
    ["/", "", "/jars/7", "/jars..lids", "/.well-known/jars", "/jars/...", "/..jars", "/jars;v=..", "/a%2Fb", "/100%25",
     "/jars/a.b..c", "/%E2%82%AC"],
)  # fmt: skip
def test_dots_that_stand_for_themselves_are_kept(path: str) -> None:
    assert not leads_up(path)
