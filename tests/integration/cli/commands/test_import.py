"""``opsiq import`` as people use it: drafts in a folder, decisions read back, edits kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from tests.unit.registry.importing.samples.shapes import MANY_FORMS, SWAGGER_2

pytestmark = pytest.mark.usefixtures("forked_children")


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "pets.yaml"
    path.write_text(SWAGGER_2)
    return path


def test_an_import_writes_drafts_decisions_kinds_and_a_report(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["import", "openapi", str(document), "--out", str(out), "--json"]) == 0
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert report["operations"] == 4
    assert [each["operation"] for each in report["refused"]] == ["POST /pets/{petId}/photo"]
    assert sorted(Path(each["file"]).name for each in report["drafts"]) == [
        "pets.create.json",
        "pets.list.json",
        "pets.update.json",
    ]
    assert main(["contracts", "lint", *(each["file"] for each in report["drafts"])]) == 0
    capsys.readouterr()

    decisions = out / "decisions.json"
    assert main(["import", "openapi", str(document), "--out", str(out)]) == 1
    assert f"--decisions {decisions}" in capsys.readouterr().err
    said = json.loads(decisions.read_text())
    assert said["connection"]["credential"] == {"type": "header", "name": "api_key"}
    said["roles"] = ["keeper"]
    said["operations"]["POST /pets"]["name"] = "pet.welcome"
    said["operations"]["GET /pets"]["include"] = False
    decisions.write_text(json.dumps(said))
    assert main(["import", "openapi", str(document), "--out", str(out), "--decisions", str(decisions)]) == 0
    told = capsys.readouterr().out
    assert "2 drafts" in told
    assert "left out by the decisions" in told
    assert {path.name for path in (out / "contracts").iterdir()} == {"pet.welcome.json", "pets.update.json"}
    assert json.loads((out / "contracts" / "pet.welcome.json").read_text())["roles"] == ["keeper"]
    kept = json.loads(decisions.read_text())
    assert kept["roles"] == ["keeper"]
    assert kept["operations"]["GET /pets"]["include"] is False


def test_a_draft_that_was_edited_is_not_written_over_unasked(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = ["import", "openapi", str(document), "--out", str(out)]
    assert main(arguments) == 0
    edited = out / "contracts" / "pets.create.json"
    edited.write_text(edited.read_text().replace("write", "irreversible"))
    again = [*arguments, "--decisions", str(out / "decisions.json")]
    assert main(again) == 1
    assert "1 drafts" in capsys.readouterr().err
    assert "irreversible" in edited.read_text()
    assert main([*again, "--force"]) == 0
    assert "irreversible" not in edited.read_text()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["nowhere.yaml"], "There is no file"),
        (["https://127.0.0.1:1/api.yaml"], "can't be fetched"),
        (["http://10.0.0.1/api.yaml"], "may not be reached"),
    ],
)
def test_what_can_not_be_read_is_told(
    given: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "openapi", *given, "--out", str(tmp_path / "out")]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_diff_tells_what_a_newer_document_breaks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(MANY_FORMS)
    new.write_text(MANY_FORMS.replace("iban", "account"))
    assert main(["import", "diff", str(old), str(old)]) == 0
    assert "Nothing that is sent has changed" in capsys.readouterr().out
    assert main(["import", "diff", str(old), str(new), "--json"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["differences"]
    assert (found["operation"], found["change"]) == ("POST /payouts", "incompatible")
    assert any("/to/iban is gone" in each for each in found["details"])
    assert main(["import", "diff", str(old)]) == 1


def test_several_are_left_out_at_once_and_stay_so(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    command = ["import", "openapi", str(document), "--out", str(out)]
    assert main([*command, "--leave-out", "GET *", "--leave-out", "* /pets", "--omit", "li*"]) == 0
    kept = json.loads((out / "decisions.json").read_text())
    assert (kept["leave_out"], kept["omit"]) == (["GET *", "* /pets"], ["li*"])
    assert {path.name for path in (out / "contracts").iterdir()} == {"pets.update.json"}
    assert main([*command, "--decisions", str(out / "decisions.json"), "--leave-out", "PUT *"]) == 0
    assert json.loads((out / "decisions.json").read_text())["leave_out"] == ["GET *", "* /pets", "PUT *"]
