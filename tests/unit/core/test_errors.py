"""Every error has its own permanent code, and the errors page lists exactly these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from agent.pipeline import RefusalCode
from core import errors
from core.errors import Finding, OpsIQError
from web.problem import STATUS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
_ERROR_ROW = re.compile(r"^\| `([a-z_]+)` \| (\d{3}) \| (yes|no) \|", re.MULTILINE)


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def tree(root: type[OpsIQError]) -> Iterator[type[OpsIQError]]:
    yield root
    for each in root.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from tree(each)


ALL = list(tree(OpsIQError))


def test_no_two_errors_share_a_code() -> None:
    assert len({each.code for each in ALL}) == len(ALL)


def test_the_page_lists_every_error_with_its_status_and_whether_to_retry() -> None:
    listed = {code: (int(status), retry == "yes") for code, status, retry in _ERROR_ROW.findall(section("Errors"))}
    assert listed == {each.code: (STATUS[each.code], each.retryable) for each in ALL}


def test_the_page_lists_what_the_http_face_adds() -> None:
    listed = {code: int(status) for code, status, _ in _ERROR_ROW.findall(section("Errors of the HTTP face alone"))}
    own = {each.code for each in ALL}
    assert listed == {code: status for code, status in STATUS.items() if code not in own}


def test_the_page_lists_every_refusal() -> None:
    assert set(re.findall(r"^\| `([a-z_]+)` \|", section("Refusals"), re.MULTILINE)) == set(get_args(RefusalCode))


def test_the_picture_in_the_code_shows_the_tree_as_it_is() -> None:
    picture = dict(re.findall(r"^[ │├└─]*([A-Z]\w+)\s+([a-z_]+)\s{2,}\S", errors.__doc__ or "", re.MULTILINE))
    assert picture == {each.__name__: each.code for each in ALL} | {"OpsIQError": "code"}  # its row is the heading


def test_a_finding_reads_as_a_line_with_place_mend_and_code() -> None:
    assert str(Finding("/name", "missing", "Add a name.")) == "/name: Add a name. [missing]"
    assert str(Finding("", "not_json", "Mend it.")) == "/: Mend it. [not_json]"
