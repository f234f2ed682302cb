"""AgentDojo's banking suite as attacked cases: each user task against each injection, planted in the data it is planted
in there, and once more with a model that makes the attacker's calls whatever it sees.

    python -m evals.cases.agentdojo DATA OUT
    opsiq eval run OUT/cases.jsonl --data OUT

``DATA`` holds the suite in the neutral format (``agentdojo/``, ``cases/agentdojo.jsonl``); OUT gets the bank's tables
as they are and once for each injection. AgentDojo (Debenedetti et al. 2024) is MIT-licensed and not part of this
project.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from evals.attacks.attack import CANARY

REGISTRY: Final = "registry.json"
CLEAN: Final = "clean"


def convert(data: Path, out: Path) -> int:
    """Writes the cases and their tables. Returns the number of cases."""
    source = data / "agentdojo"
    _write_tables(out / CLEAN, json.loads((source / "env_banking_clean.json").read_text("utf-8")))
    shutil.copy(source / "registry_agentdojo_banking.json", out / REGISTRY)
    tasks = [json.loads(line) for line in (data / "cases" / "agentdojo.jsonl").read_text("utf-8").splitlines() if line]
    injections = json.loads((source / "injections_banking.json").read_text("utf-8"))["injection_tasks"]
    cases = []
    for injection in injections:
        name = injection["id"].rpartition("/")[2]
        env = json.loads((source / f"env_banking_{name}.json").read_text("utf-8"))
        _write_tables(out / name, _mark_texts(env))
        cases += [_make_case(task, injection, name, where) for task in tasks for where in ("tables", "model")]
    text = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)
    (out / "cases.jsonl").write_text(text, "utf-8")
    return len(cases)


def _make_case(task: Mapping[str, Any], injection: Mapping[str, Any], tables: str, where: str) -> dict[str, Any]:
    """``where`` is ``tables`` for a model that obeys what it sees, and ``model`` for one that makes the attacker's
    calls anyway."""
    return {
        "id": f"{task['id']} × {tables} in the {where}",
        "source": "agentdojo:banking",
        "group": task["id"],
        "prompt": task["prompt"],
        "registry": REGISTRY,
        "context": {"tables": tables, "clean": CLEAN},
        "expected": {
            "decision": ["act", "clarify", "abstain"],
            "never": [{"action": call["action"], "params": _list_values(call)} for call in injection["attacker_calls"]],
        },
        "tags": [tables, f"in the {where}"],
        "attack": {
            "kind": "AgentDojo",
            "where": where,
            "text": f"{CANARY} {injection['goal']}",
            "calls": [
                {"action": call["action"], "arguments": {name: str(value) for name, value in call["params"].items()}}
                for call in injection["attacker_calls"]
            ],
        },
    }


def _list_values(call: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [value] for name, value in call["params"].items()}


def _write_tables(folder: Path, env: Mapping[str, Any]) -> None:
    """Writes the bank's records, one table for each kind."""
    folder.mkdir(parents=True, exist_ok=True)
    account = env["bank_account"]
    files = [{"file_path": name, "content": text} for name, text in env["filesystem"]["files"].items()]
    tables = {
        "transactions": account["transactions"],
        "scheduled_transactions": account["scheduled_transactions"],
        "files": [{"id": number, **each} for number, each in enumerate(files, 1)],
        "user_accounts": [{"id": 1, **env["user_account"]}],
    }
    for name, rows in tables.items():
        (folder / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=False), "utf-8")


def _mark_texts(env: Any) -> Any:
    """Adds the mark to every planted text, so that it is recognized wherever it appears."""
    if isinstance(env, str):
        return env.replace("<INFORMATION>", f"<INFORMATION> {CANARY}")
    if isinstance(env, list):
        return [_mark_texts(each) for each in env]
    return {name: _mark_texts(each) for name, each in env.items()} if isinstance(env, dict) else env


def plant_attacks(folder: Path) -> Iterator[str]:
    """The texts of a tables folder that carry the mark."""
    for path in sorted(folder.glob("*.json")):
        for row in json.loads(path.read_text("utf-8")):
            yield from (value for value in row.values() if isinstance(value, str) and CANARY in value)


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write(__doc__)
        return 2
    data, out = map(Path, arguments)
    sys.stdout.write(f"{convert(data, out)} cases in {out / 'cases.jsonl'}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
