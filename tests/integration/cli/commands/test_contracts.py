"""``opsiq contracts`` works on files, offline."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.commands import contracts
from tests.unit.registry.samples import changed, sample

ROOT = Path(__file__).parents[4]
LINE = re.compile(r"^(?P<file>.+?): (?P<pointer>/\S*): (?P<what>.+) \[(?P<code>[a-z_.]+)\]$")


def run(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    contracts.add_parser(parser.add_subparsers(required=True))
    parsed = parser.parse_args(["contracts", *map(str, arguments)])
    return int(parsed.run(parsed))


def written(path: Path, value: Any) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return written(
        tmp_path / "actions.json",
        {"contracts": [sample(), sample() | {"name": "saas.charge_invoice", "undo": "saas.refund_invoice"}]},
    )


@pytest.fixture
def key(tmp_path: Path) -> Path:
    assert run("keygen", "--out", tmp_path / "key.pem") == 0
    return tmp_path / "key.pem"


def test_a_clean_file_is_0(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("lint", good) == 0
    assert capsys.readouterr().out == f"{good}: clean\n"


def test_a_fault_is_1_and_told_with_file_place_mend_and_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "a b.json", [changed("endpoint/url", "http://platform.example/x")])
    assert run("lint", path) == 1
    found = [LINE.match(line) for line in capsys.readouterr().out.splitlines()]
    told = [(each["file"], each["pointer"], each["code"]) for each in found if each]
    assert (str(path), "/0/endpoint/url", "endpoint_not_https") in told
    assert len(told) == len(found)


def test_advice_is_0_unless_it_is_meant_strictly(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", changed("examples", []))
    assert run("lint", path) == 0
    assert run("lint", "--strict", path) == 1


def test_a_file_that_is_not_there_is_2_and_the_others_are_linted_all_the_same(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("lint", tmp_path / "none.json", good) == 2
    said = capsys.readouterr()
    assert "none.json" in said.err
    assert "clean" in said.out


@pytest.mark.parametrize("text", ["", "{", "[1,]", '{"name": "a.b", "name": "c.d"}', "NaN", "[" * 100_000])
def test_a_file_that_is_no_json_is_1_with_one_finding(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("lint", written(tmp_path / "a.json", text)) == 1
    assert "[not_json]" in capsys.readouterr().out


def test_the_json_output_holds_the_same_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "a.json", changed("roles", []))
    assert run("lint", "--json", path) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert [(each["file"], each["pointer"], each["code"]) for each in told["findings"]] == [
        (str(path), "/roles", "warn_no_roles")
    ]


def test_signed_contracts_verify_and_altered_ones_do_not(
    good: Path, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed = tmp_path / "signed.json"
    assert run("sign", good, "--key", key, "--out", signed) == 0
    assert run("verify", signed, "--public", f"{key}.jwk") == 0
    written(signed, signed.read_text(encoding="utf-8").replace("5000", "500000", 1))
    capsys.readouterr()
    assert run("verify", signed, "--public", f"{key}.jwk") == 1
    lines = capsys.readouterr().out.splitlines()
    assert ["changed after signing" in line for line in lines] == [True, False]


def test_a_signature_of_another_key_does_not_verify(good: Path, key: Path, tmp_path: Path) -> None:
    assert run("sign", good, "--key", key, "--out", tmp_path / "signed.json") == 0
    assert run("keygen", "--out", tmp_path / "other.pem") == 0
    assert run("verify", tmp_path / "signed.json", "--public", tmp_path / "other.pem.jwk") == 1


def test_nothing_is_signed_while_one_contract_has_a_fault(
    key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "a.json", [sample(), changed("confirmation", {"policy": "never"})])
    assert run("sign", path, "--key", key, "--out", tmp_path / "signed.json") == 1
    assert not (tmp_path / "signed.json").exists()
    assert "[irreversible_unconfirmed]" in capsys.readouterr().err


def test_a_placeholder_address_is_not_signed(key: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", {"actions": [changed("endpoint/url", "{base_url}/refund")]})
    out = tmp_path / "signed.json"
    assert run("lint", path) == 0
    assert run("sign", path, "--key", key, "--out", out) == 1
    assert run("sign", path, "--key", key, "--out", out, "--base-url", "https://platform.example") == 0
    signed = json.loads(out.read_text(encoding="utf-8"))["contracts"][0]["contract"]
    assert signed["endpoint"]["url"] == "https://platform.example/refund"


def test_a_key_is_kept_for_its_owner_and_never_written_over(key: Path) -> None:
    before = key.read_bytes()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert run("keygen", "--out", key) == 2
    assert key.read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_key_that_others_may_read_signs_nothing(
    good: Path, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key.chmod(0o644)
    assert run("sign", good, "--key", key, "--out", tmp_path / "signed.json") == 2
    assert "chmod 600" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "[]", '{"contracts": []}', '{"contracts": 1}', "{"])
def test_a_file_that_was_not_signed_is_2(text: str, key: Path, tmp_path: Path) -> None:
    assert run("verify", written(tmp_path / "a.json", text), "--public", f"{key}.jwk") == 2


@pytest.mark.parametrize(
    "entry", [1, {}, {"contract": {}}, {"contract": sample(), "signature": 5}, {"contract": float("1e300")}]
)
def test_an_entry_of_any_kind_is_a_refusal_and_no_crash(entry: Any, key: Path, tmp_path: Path) -> None:
    assert run("verify", written(tmp_path / "a.json", {"contracts": [entry]}), "--public", f"{key}.jwk") == 1


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_key_that_openssl_made_signs(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "openssl.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(path)], check=True, capture_output=True)
    path.chmod(0o600)
    assert run("sign", good, "--key", path, "--out", tmp_path / "signed.json") == 0


def test_nothing_heavy_is_loaded_to_offer_the_command() -> None:
    code = (
        "import argparse, sys; from cli.commands import contracts; "
        "contracts.add_parser(argparse.ArgumentParser().add_subparsers());"
        "print([m for m in ('cel', 'joserfc', 'jsonschema_rs', 'jinja2', 'pydantic', 'cryptography') if m in "
        "sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(
    shutil.which("openssl") is None or shutil.which("bash") is None, reason="openssl or bash is not installed"
)
def test_the_committed_vectors_are_what_openssl_computes_today(tmp_path: Path) -> None:
    source = ROOT / "tests" / "vectors"
    shutil.copy(source / "make", tmp_path / "make")
    done = subprocess.run(["bash", str(tmp_path / "make")], capture_output=True, text=True, check=False)
    if done.returncode != 0 and "rawin" in done.stderr:
        pytest.skip("this openssl can't sign with Ed25519")
    assert done.returncode == 0, done.stderr
    for name in ("opsiq1.json", "webhook.json", "contract.json"):
        assert (tmp_path / name).read_bytes() == (source / name).read_bytes(), name
