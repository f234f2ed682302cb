from __future__ import annotations

import json
import time
from typing import Any

import pytest

from registry.importing.document.parser import MAX_BYTES, UnreadableDocument, parse_document

DOUBLING = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
MERGING = "m0: &m0 {a: 1}\n" + "".join(f"m{n}: &m{n} {{<<: [*m{n - 1}], k{n}: 1}}\n" for n in range(1, 600))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}),
        ("\ufeff{}", {}),
        ("a: 1\nb: [x, 'y', \"z\"]", {"a": 1, "b": ["x", "y", "z"]}),
        ("200: ok\nnull: n\nno: yes", {"200": "ok", "null": "n", "no": "yes"}),
        ("day: 2026-01-31\ntime: 12:30:00\nzip: 01234\nv: 1.0\nbig: 1e999", {"day": "2026-01-31", "time": "12:30:00", "zip": "01234", "v": 1.0, "big": "1e999"}),
        ("base: &b {x: 1, y: 2}\nmore:\n  <<: *b\n  y: 3", {"base": {"x": 1, "y": 2}, "more": {"x": 1, "y": 3}}),
        ("{a: 1, b: two}", {"a": 1, "b": "two"}),
        ("a: !!str 12", {"a": "12"}),
        ("text: |\n  one\n  two\n", {"text": "one\ntwo\n"}),
        ("", None),
    ],
)  # fmt: skip
def test_json_and_yaml_are_read_as_plain_values(text: str, value: Any) -> None:
    assert parse_document(text.encode()) == value


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe\x00a", "not UTF-8"),
        (b"PK\x03\x04\x80", "not UTF-8"),
        (b'{"a": ', "no JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "number of 5000 digits"),
        (b'{"a":' * 300 + b"1" + b"}" * 300, "deeper than 200"),
        pytest.param(b"[" * 100_000, "deeper than|no JSON", id="lists"),
        pytest.param(b"a: " + b"[" * 100_000, "deeper than|nesting depth", id="flow"),
        pytest.param(b"- " * 5_000, "deeper than", id="blocks"),
        (b"a: b: c", "line 1, column 5"),
        (b"a: &a [*a]", "circle"),
        (b"a: *nobody", "names nothing"),
        (b"? [a, b]\n: c", "keys are text"),
        (b"a: !!python/object/apply:os.system [ls]", "YAML tag"),
        (b"a: 1\n---\nb: 2", "several YAML documents"),
        (b"a: {<<: 1}", "no mapping"),
        pytest.param(MERGING.encode(), "copy more than", id="merging"),
        pytest.param(b" " * (MAX_BYTES + 1), "at most", id="too long"),
    ],
)
def test_what_can_not_be_read_says_why(data: bytes, said: str) -> None:
    with pytest.raises(UnreadableDocument, match=said):
        parse_document(data, "api.yaml")


def test_an_alias_is_the_value_it_names_and_never_a_copy() -> None:
    made = parse_document(DOUBLING.encode())
    assert made["a59"][0] is made["a58"]
    assert made["a59"][1] is made["a58"]


def test_the_time_to_read_grows_with_the_length_alone() -> None:
    wide = json.dumps({f"k{n}": {"a": [n]} for n in range(2_000)}).encode()
    begun = time.process_time()
    parse_document(wide)
    parse_document(DOUBLING.encode())
    assert time.process_time() - begun < 5  # seconds, where copying would never end


def test_half_a_character_is_replaced_and_a_whole_one_stays() -> None:
    data = rb'{"a\ud800": ["\ud83d\ude00", "x\udfff"]}'
    assert parse_document(data) == {"a\ufffd": ["\U0001f600", "x\ufffd"]}
    with pytest.raises(UnreadableDocument, match="invalid Unicode"):
        parse_document(rb'"a\ud800": 1')
