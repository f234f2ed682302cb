"""Credentials are said on the command line but for their secret, which comes from standard input."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Any

import pytest

from agent.credentials.kinds import read_credential
from cli.commands.connections import add_parser, parse_credential


def parsed(*words: str) -> argparse.Namespace:
    made = argparse.ArgumentParser()
    add_parser(made.add_subparsers())
    return made.parse_args(["connections", "credential", "shop", *words])


@pytest.mark.parametrize(
    ("words", "credential"),
    [
        ((), {"type": "bearer", "token": "s3cret"}),
        (("--prefix", "Token"), {"type": "bearer", "token": "s3cret", "prefix": "Token"}),
        (("--type", "basic", "--username", "u"), {"type": "basic", "username": "u", "password": "s3cret"}),
        (("--type", "header", "--field", "X-Key"), {"type": "header", "name": "X-Key", "value": "s3cret"}),
        (("--type", "query", "--field", "key"), {"type": "query", "name": "key", "value": "s3cret"}),
        (
            ("--type", "oauth_client", "--token-url", "https://t.example", "--client-id", "c", "--scope", "a b"),
            {"type": "oauth_client", "token_url": "https://t.example", "client_id": "c", "scope": "a b",
             "client_secret": "s3cret"},
        ),
    ],
)  # fmt: skip
def test_each_type_can_be_said(
    words: tuple[str, ...], credential: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("s3cret\n"))
    made = parse_credential(parsed(*words))
    assert made == credential
    assert read_credential(made).type == credential["type"]


def test_a_certificate_comes_from_its_files(tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_text("certificate")
    (tmp_path / "k.pem").write_text("key")
    words = ("--type", "certificate", "--certificate", str(tmp_path / "c.pem"), "--key", str(tmp_path / "k.pem"))
    assert parse_credential(parsed(*words)) == {"type": "certificate", "certificate": "certificate", "key": "key"}
