"""What the terminal says when something is wrong: the fault by its place, and what to do about it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cli.client import Client, Refused, keep, set_aside
from cli.commands.ask import describe_next_step, read_decision, render_card
from cli.main import main
from cli.program import name_program
from core import canon
from core.crypto.mcp_token import make_token
from core.errors import NotCanonical
from evals.report import report
from tests.unit.evals.verdict_factories import reported, wrong

URL = "http://127.0.0.1:8080"
NO_SERVER = Client(URL, "", "")

PROBLEM = {"detail": "The body does not have the form.", "code": "invalid_request", "request_id": "req_1"}


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(list(words))
    said = capsys.readouterr()
    return code, said.out + said.err


def test_a_refusal_names_every_fault_by_its_pointer() -> None:
    faults = [{"pointer": "/role", "code": "pattern", "detail": "should match"}]
    assert "/role: should match [pattern]" in Refused({**PROBLEM, "errors": faults}).detail


def test_a_key_that_is_not_known_or_may_not_is_named_by_where_it_comes_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(code: str, **environment: str) -> str:
        with answering({**PROBLEM, "code": code}, status=403) as url:
            for name, value in ({"OPSIQ_KEY": "", "OPSIQ_SECRET": ""} | environment).items():
                monkeypatch.setenv(name, value)
            monkeypatch.setenv("OPSIQ_URL", url)
            code_, said = told(capsys, "connectors", "list")
            assert code_ == 1
            return said.replace(url, "URL")

    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("OPSIQ_DATA", str(tmp_path))
    pair = {"OPSIQ_KEY": "pk_test_1", "OPSIQ_SECRET": "sk_test_1"}
    alone = refused("invalid_signature", **pair)
    assert "OPSIQ_SECRET as the key in OPSIQ_KEY, pk_test_1. The server at URL does not know this pair." in alone
    assert "sk_test" not in alone + refused("forbidden", **pair)
    assert "OPSIQ_DATA" not in alone
    assert "Unset both" not in alone + refused("forbidden", **pair)
    keep(tmp_path, URL, "pk_test_2", "sk_test_2")
    assert "Unset both" in refused("invalid_signature", **pair)
    assert "Unset both" in refused("forbidden", **pair)
    own = refused("invalid_signature")
    assert "Another server may be at URL" in own
    assert "OPSIQ_KEY" not in own + refused("forbidden")
    assert refused("conflict", **pair).count("\n") == 1


@pytest.mark.parametrize(
    ("key", "secret", "fault"),
    [
        ("pk_test_1", "", "OPSIQ_SECRET is empty or not set"),
        ("", "sk_test_1", "OPSIQ_KEY is empty or not set"),
        ("mine", "", "OPSIQ_KEY does not begin with pk_"),
        ("pk_test_1", "mine", "OPSIQ_SECRET does not begin with sk_"),
        ("sk_test_1", "pk_test_1", "OPSIQ_KEY does not begin with pk_"),
    ],
)
def test_with_half_a_pair_in_the_environment_the_terminals_own_key_does_not_act_in_its_place(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    key: str,
    secret: str,
    fault: str,
) -> None:
    posted: list[dict[str, Any]] = []
    with answering({"id": "evt_1", "event": "invoice.paid", "mode": "live", "did_you_mean": None}, posted) as url:
        keep(tmp_path, url, "pk_live_2", "sk_live_2")
        monkeypatch.setenv("no_proxy", "*")
        monkeypatch.setenv("OPSIQ_DATA", str(tmp_path))
        monkeypatch.setenv("OPSIQ_KEY", key)
        monkeypatch.setenv("OPSIQ_SECRET", secret)
        code, said = told(capsys, "trigger", "invoice.paid")
        assert (code, posted) == (1, [])
        assert fault in said
        assert "unset both to go on with this terminal's own key" in said
        assert "sk_test_1" not in said
        monkeypatch.delenv("OPSIQ_KEY")
        monkeypatch.setenv("OPSIQ_SECRET", "")
        assert (told(capsys, "trigger", "invoice.paid")[0], len(posted)) == (0, 1)


def test_an_event_that_is_misspelt_is_answered_with_the_one_that_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "trigger", "invoice.piad")
    assert (code, "Did you mean invoice.paid?" in said) == (1, True)


def test_an_owner_needs_an_address_to_sign_in_with(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "init", "--name", "Town", "--email", "olivia")
    assert (code, "olivia is no e-mail address" in said) == (1, True)


def test_a_run_that_waits_says_the_command_that_goes_on() -> None:
    question = {"slot": "0.user_id", "text": "Which Adam?", "free_text": True, "candidates": [{"id": "421"}]}
    asked = {"id": "run_1", "state": "asked", "question": question}
    assert "opsiq runs answer run_1 --slot 0.user_id --number NUMBER" in describe_next_step(asked, URL)
    assert describe_next_step({**asked, "question": {**question, "candidates": []}}, URL).startswith("Answer it:")
    ended = {**question, "candidates": [], "text": "INV-1042 is refunded; this needs a paid invoice."}
    assert describe_next_step({**asked, "question": ended}, URL).startswith("Nothing was sent.")
    held = {"id": "run_1", "state": "held", "card": {"digest": "sha256:0", "confirm_by": "anyone", "approvals": []}}
    assert "opsiq runs confirm run_1 --digest sha256:0" in describe_next_step(held, URL)
    by_person = describe_next_step({**held, "card": {"digest": "sha256:0", "confirm_by": "person"}}, URL)
    assert f"A person confirms this in the console: {URL}/runs/run_1" in by_person
    assert "runs confirm" not in by_person
    assert describe_next_step({"id": "run_1", "state": "succeeded"}, URL) == ""


def test_a_card_with_one_of_two_yeses_names_no_command_that_its_giver_could_type_again() -> None:
    card = {"digest": "sha256:0", "confirm_by": "anyone", "approvals": [{"name": "Ada"}]}
    said = describe_next_step({"id": "run_1", "state": "held", "card": card}, URL)
    assert f"{URL}/runs/run_1" in said
    assert "runs confirm" not in said


def test_no_command_at_all_is_answered_with_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys)
    assert code == 2
    assert "usage: opsiq" in said
    assert "To try it: opsiq demo." in said


def test_an_input_that_ends_at_a_question_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def end(_: str) -> str:
        raise EOFError

    monkeypatch.setenv("OPSIQ_DATA", str(tmp_path))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", end)
    code, said = told(capsys, "init", "--name", "Shop", "--email", "ada@shop.test")
    assert (code, said.strip()) == (1, "opsiq: The input ended before the question was answered.")


def test_a_new_key_is_printed_for_a_shell_to_take_in(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    key = {"id": "key_1", "state": "active", "role": "owner", "last_used_at": None, "public": "pk_live_1", "name": "n",
           "scopes": ["me:read"], "mode": "live"}  # fmt: skip
    with answering({"key": key, "secret": "sk_live_1"}) as url:
        keep(tmp_path, url, "pk_test_2", "sk_test_2")
        monkeypatch.setenv("OPSIQ_DATA", str(tmp_path))
        assert main(["keys", "create", "n", "--live", "--scope", "me:read", "--env"]) == 0
    said = capsys.readouterr()
    assert said.out == f"export OPSIQ_URL={url} OPSIQ_KEY=pk_live_1 OPSIQ_SECRET=sk_live_1\n"
    assert said.err == "", "in a guide's shell nothing is said that nobody asked for"


def test_a_new_key_as_json_has_its_mcp_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with answering({"key": {"public": "pk_live_1", "mode": "live"}, "secret": "sk_live_1"}) as url:
        keep(tmp_path, url, "pk_test_2", "sk_test_2")
        monkeypatch.setenv("OPSIQ_DATA", str(tmp_path))
        assert main(["keys", "create", "n", "--live", "--scope", "me:read", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["mcp_token"] == make_token("pk_live_1", "sk_live_1")


@contextmanager
def answering(value: dict[str, Any], posted: list[dict[str, Any]] | None = None, *, status: int = 200) -> Iterator[str]:
    """The address of a server that answers everything with this, and keeps what was posted."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if posted is not None:
                posted.append(said)
            self.do_GET()

        def do_GET(self) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_held_run_that_is_shown_names_the_digest_that_confirming_takes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    card: dict[str, Any] = {
        "digest": "sha256:0",
        "drift": [],
        "calls": [],
        "held": [],
        "approvals": [],
        "approvals_needed": 1,
    }
    card["confirm_by"] = "anyone"
    held = {
        "id": "run_1",
        "mode": "live",
        "state": "held",
        "card": card,
        "question": None,
        "refusal": None,
        "outcomes": [],
        "expires_at": "2026-11-28T09:05:00+00:00",
    }
    with answering(held) as url:
        for name, value in (("URL", url), ("KEY", "pk_test_1"), ("SECRET", "sk_test_1")):
            monkeypatch.setenv(f"OPSIQ_{name}", value)
        monkeypatch.setenv("no_proxy", "*")
        code, said = told(capsys, "runs", "show", "run_1")
    assert (code, "opsiq runs confirm run_1 --digest sha256:0" in said) == (0, True)
    assert "waits for a yes until 28 Nov 2026, 09:05 UTC" in said


def test_the_number_of_an_answer_is_that_of_the_printed_list(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    candidates = [
        {"id": at, "label": name, "detail": "", "marks": []} for at, name in (("2", "Ingrid"), ("1", "Priya"))
    ]
    question = {"slot": "0.agent_id", "text": "Who?", "free_text": True, "candidates": candidates}
    run = {"id": "run_1", "mode": "live", "state": "asked", "card": None, "question": question, "refusal": None}
    posted: list[dict[str, Any]] = []
    with answering({**run, "outcomes": []}, posted) as url:
        for name, value in (("URL", url), ("KEY", "pk_test_1"), ("SECRET", "sk_test_1")):
            monkeypatch.setenv(f"OPSIQ_{name}", value)
        monkeypatch.setenv("no_proxy", "*")
        code, said = told(capsys, "runs", "answer", "run_1", "--number", "2")
        assert (code, "2. Priya" in said) == (0, True)
        assert posted == [{"slot": "0.agent_id", "choice": "1"}]
        assert told(capsys, "runs", "answer", "run_1", "--number", "3")[0] == 1
        assert told(capsys, "runs", "answer", "run_1", "--slot", "0.other", "--number", "1")[0] == 1
        assert len(posted) == 1


@pytest.mark.parametrize(
    ("typed", "decision"),
    [
        ("y", (True, "")), ("YES", (True, "")), ("n", (False, "")), ("No", (False, "")),
        ("no, too much", (False, "too much")), ("yes but 20", None), ("nothing", None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_a_yes_and_a_no_are_understood_and_nothing_else_decides(
    typed: str | None, decision: tuple[bool, str] | None
) -> None:
    assert read_decision(typed) == decision


def test_a_printed_command_is_called_as_this_one_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    called = tmp_path / "opsiq"
    called.write_text("#!/bin/sh\n")
    called.chmod(0o755)
    monkeypatch.setattr("sys.argv", [str(called)])
    monkeypatch.setenv("PATH", "/nowhere")
    assert name_program() == str(called)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert name_program() == "opsiq"


def test_answers_that_met_an_error_are_no_baseline(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    made = reported(wrong("x"))
    made["entries"][0]["error"] = "model_unavailable: No model answered."
    report.write(tmp_path / "run.json", made)
    code, said = told(capsys, "eval", "baseline", str(tmp_path / "run.json"), str(tmp_path / "b.json"))
    assert (code, "1 of 1 answers met an error, such as x: model_unavailable" in said) == (1, True)
    assert not (tmp_path / "b.json").exists()


def test_an_integer_too_long_to_read_is_told_in_our_words() -> None:
    with pytest.raises(NotCanonical, match="an integer has 5000 digits; at most 1000 are read") as caught:
        canon.loads("9" * 5000)
    assert "sys." not in caught.value.detail


def test_a_card_names_the_method_it_is_sent_with() -> None:
    call = {"title": "Delete an article", "action": "cms.delete", "version": 1, "risk": "irreversible"} | {
        "preview": "Delete article 4.",
        "params": [],
        "method": "DELETE",
        "url": "https://cms.example/articles/4",
    }
    card = {"drift": [], "calls": [call], "held": [], "confirm_by": "person", "approvals_needed": 1, "approvals": []}
    shown = {"id": "run_1", "state": "held", "mode": "live", "question": None, "refusal": None, "card": card}
    said = render_card(shown | {"expires_at": "2026-11-24T12:00:00Z", "outcomes": []}, NO_SERVER)
    assert "DELETE https://cms.example/articles/4" in said
    assert "POST" not in said


def test_a_new_connection_says_how_its_actions_are_signed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for place in (tmp_path / "here" / "barn", tmp_path / "there" / "silo"):
        place.mkdir(parents=True)
        (place / "connector.json").write_text("{}")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("OPSIQ_CONNECTORS", f"{tmp_path / 'none'}:{tmp_path / 'there'}")
    monkeypatch.setenv("no_proxy", "*")

    def connected(connector: str, name: str) -> str:
        tested = {"state": "refused", "detail": "The platform answered 401 at /barns."}
        with answering({"name": name, "connector": connector, "base_url": "https://x.example", **tested}) as url:
            for key, value in (("URL", url), ("KEY", "pk_test_1"), ("SECRET", "sk_test_1")):
                monkeypatch.setenv(f"OPSIQ_{key}", value)
            more = () if name == connector else ("--as", name)
            code, said = told(
                capsys, "connectors", "connect", connector, "--address", "https://x.example", "--no-token", *more
            )
            assert code == 0
            assert said.startswith(f"Connected as {name}.\nrefused: The platform answered 401 at /barns.\n")
            return said.replace(url, "URL")

    assert f"Next: opsiq contracts register {tmp_path / 'here' / 'barn'} " in connected("barn", "barn")
    assert f"Next: opsiq contracts register {tmp_path / 'there' / 'silo'} " in connected("silo", "silo")
    assert "Next: sign its actions at URL/connectors/north/contracts " in connected("barn", "north")
    assert "Next: sign its actions at URL/connectors/pretix/contracts " in connected("pretix", "pretix")


def test_a_refused_call_shows_the_sentence_of_its_platform() -> None:
    def shown(**outcome: Any) -> str:
        told = {"call_id": "act_1", "state": "failed", "status": 409, "detail": "The endpoint answered 409."} | outcome
        run = {"id": "run_1", "state": "failed", "mode": "live", "question": None, "refusal": None, "card": None}
        return render_card(run | {"outcomes": [told]}, NO_SERVER)

    problem = json.dumps({"title": "Conflict", "detail": "Only nine seats are left\x1b[2J."})
    assert shown(answer=problem).endswith(
        "act_1: failed (409) The endpoint answered 409. It says: “Only nine seats are left‹U+001B›[2J.”"
    )
    assert shown(answer=problem, detail="It says: Only nine seats are left‹U+001B›[2J.").count("nine seats") == 1
    for silent in (None, "", "<html>", "{}"):
        assert shown(answer=silent).endswith("failed (409) The endpoint answered 409.")
    assert "seats" not in shown(answer=problem, state="succeeded")


def test_a_second_workspace_keeps_the_key_of_the_first(tmp_path: Path) -> None:
    assert set_aside(tmp_path) is None
    for at, earlier in enumerate(("pk_live_1", "pk_live_2"), start=1):
        keep(tmp_path, "http://127.0.0.1:1", earlier, "sk")
        kept = set_aside(tmp_path)
        assert kept == tmp_path / f"cli-{at}.json"
        assert json.loads(kept.read_text())["key"] == earlier
        assert kept.stat().st_mode & 0o777 == 0o600
