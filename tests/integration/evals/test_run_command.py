"""``opsiq eval`` as it is typed: reports written, runs taken up again, errors told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from evals.cases import suites
from evals.report.report import Setup
from evals.run.session import compute_fingerprint
from tests.integration.evals.conftest import FRANCE, LOUD, QUIET, case, write


def run(data: Path, path: Path, *more: str) -> int:
    return main(["eval", "run", str(path), "--data", str(data), "--quiet", *more])


def written(path: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return made


def test_the_report_has_scores_and_one_entry_a_case(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = case("set the volume to 7", {"decision": "act", "action": "set_volume", "params": {"volume": [80]}})
    out = data / "out.json"
    assert run(data, write(data, LOUD, wrong, FRANCE), "--json", str(out), "--resolver", "offline", "--show", "5") == 0
    report = written(out)
    assert report["schema"] == "opsiq/eval-report/v1"
    assert report["metrics"]["all_right"]["hits"] == 2
    first, second, third = report["entries"]
    assert (first["id"], first["decision"], first["error"]) == ("set the volume to 80", "act", "")
    assert first["calls"] == [{"action": "set_volume", "params": {"volume": 80}}]
    assert first["sources"]["0.volume"]["spans"][0]["text"] == "80"
    assert (second["right"], second["cause"], second["detail"]) == (False, "parameter_other_value", "volume=7, not 80")
    assert third["decision"] == "abstain"
    assert {"missing", "question", "ms", "tokens", "cost"} <= set(first)
    said = capsys.readouterr().out
    assert "3 answers" in said
    assert "set the volume to 7\n" in said


def test_a_sample_is_the_same_for_the_same_seed(data: Path) -> None:
    path = write(data, *(case(f"set the volume to {n}", LOUD["expected"]) for n in range(40)))
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        run(data, path, "--sample", "5", "--seed", seed, "--json", str(data / f"{name}.json"))
    a, b, c = ([each["id"] for each in written(data / f"{name}.json")["entries"]] for name in "abc")
    assert a == b != c
    assert len(a) == 5


def test_a_killed_run_is_taken_up_again_and_an_other_one_is_not_mixed_in(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = write(data, LOUD, QUIET, FRANCE), data / "out.json"
    run(data, path, "--json", str(out))
    whole = written(out)
    kept = [{name: value for name, value in each.items() if name != "ms"} for each in whole["entries"]]
    first = {**whole["entries"][0], "notes": ["kept from before"]}
    part = data / "out.json.part"
    begin = json.dumps(
        {"run": compute_fingerprint(Setup(suites=(str(path),), data=str(data)), suites.load([str(path)]))}
    )
    part.write_text(f"{begin}\n{json.dumps(first)}\n" + '{"id": "set the vol', "utf-8")
    assert run(data, path, "--json", str(out), "--resume") == 0
    again = written(out)["entries"]
    assert again[0]["notes"] == ["kept from before"]
    assert [each["id"] for each in again] == [each["id"] for each in kept]
    assert not part.exists()
    part.write_text(f"{begin}\n", "utf-8")
    assert run(data, path, "--json", str(out), "--resume", "--repeat", "2") == 1
    assert "of another run" in capsys.readouterr().err


def test_an_error_of_a_case_is_told_counted_and_fails_the_command(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPSIQ_MODEL_URL", "http://127.0.0.1:9/v1")
    out, cassette = data / "out.json", data / "empty.jsonl"
    code = run(
        data, write(data, LOUD), "--resolver", "openai/toy", "--cassette", str(cassette), "--replay", "--json", str(out)
    )
    assert code == 1
    report = written(out)
    assert report["metrics"]["errors"]["hits"] == 1
    assert report["entries"][0]["error"].startswith("not_recorded")
    assert "1 of 1 answers met an error" in capsys.readouterr().err


def test_several_resolvers_write_a_report_each(data: Path) -> None:
    run(
        data,
        write(data, LOUD),
        "--resolver",
        "offline",
        "--resolver",
        "openai/toy",
        "--cassette",
        str(data / "none.jsonl"),
        "--replay",
        "--json",
        str(data / "out.json"),
    )
    assert written(data / "out.offline.json")["setup"]["resolver"] == "offline"
    assert written(data / "out.openai-toy.propose-v2.json")["setup"]["prompt_version"] == "propose/v2"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["eval", "run", "nowhere"], "There is no suite 'nowhere'"),
        (["eval", "run", "saas", "--tag", "no such tag"], "No case is left"),
        (["eval", "run", "saas", "--resume"], "--resume needs --json"),
        (["eval", "run", "saas", "--replay"], "--replay needs --cassette"),
        (["eval", "run", "saas", "--resolver", "openai/toy", "--prompt-version", "v99"], "no prompt version 'v99'"),
        (["eval", "run", "saas", "--prompt-version", "v2"], "the offline resolver has none"),
        (["eval", "gate", "--against", "nowhere.json"], "nowhere.json can't be read as a report: No such file"),
    ],
)
def test_what_was_typed_wrongly_is_said(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    assert said in capsys.readouterr().err


def test_a_case_that_needs_files_says_where_they_are_missing_from(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "run", str(write(data, LOUD)), "--quiet"]) == 1
    assert "--data" in capsys.readouterr().err


def test_two_cases_of_one_id_are_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, write(data, LOUD, LOUD)) == 1
    assert "Two cases are called" in capsys.readouterr().err


def test_compare_shows_what_moved(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(data, LOUD, QUIET)
    run(data, path, "--json", str(data / "a.json"))
    worse = written(data / "a.json")
    worse["entries"][0] |= {"right": False, "wrong_act": True}
    (data / "b.json").write_text(json.dumps(worse), "utf-8")
    capsys.readouterr()
    assert main(["eval", "compare", str(data / "a.json"), str(data / "b.json"), "--json", str(data / "c.json")]) == 0
    said = capsys.readouterr().out
    assert "0 fixed, 1 broken" in said
    assert written(data / "c.json")["new_wrong_acts"] == ["set the volume to 80"]
