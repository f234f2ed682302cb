"""How well the same small model does under different hands: ``python -m bench.peers_quality --data DIR --out FOLDER
--model-url URL``.

The same cases, the same model server, temperature 0: OpsIQ (``opsiq eval run``), naive structured output, and each peer
in an environment of its own. Cases are a seeded sample of files of ``DIR/cases``; every answer is judged as ``opsiq
eval`` judges, and kept in FOLDER as it comes: an interrupted run goes on where it stopped. Without ``--model-url``
nothing is asked, and the table is of what is there. ``--only`` asks some of them. Whatever fails counts as no call: it
is what a person would get.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from bench import peers_overhead
from evals.cases import reader
from evals.cases.reader import Case
from evals.run.case_result import CaseResult, parse_result
from evals.score.interval import compute_mcnemar, estimate_rate
from evals.score.score import CaseVerdict, judge

HERE: Final = Path(__file__).parent / "_peers"
OURS: Final = "OpsIQ"
OFFLINE: Final = "OpsIQ offline, no model"
PEERS: Final = {
    "naive structured output": ("naive_quality.py", ""),
    "Pydantic AI 2.68.0": ("pydantic_ai_quality.py", "Pydantic AI 2.68.0"),
    "LangChain 1.5.2": ("langchain_quality.py", "LangChain 1.5.2"),
    "OpenAI Agents 0.24.0": ("openai_agents_quality.py", "OpenAI Agents 0.24.0"),
}
CASES: Final = ("bfcl_live_act:live_multiple:40", "bfcl_live_irrelevance:live_irrelevance:20")


def sampled(data: Path, wanted: Sequence[str], seed: int) -> list[dict[str, Any]]:
    """So many of each file's source, ``FILE:SOURCE:COUNT``, in turn: what is answered first is already a picture of the
    whole."""
    chance = random.Random(seed)
    drawn = []
    for each in wanted:
        name, source, count = each.split(":")
        lines = (data / "cases" / f"{name}.jsonl").read_text("utf-8").splitlines()
        cases = [case for case in map(json.loads, filter(None, lines)) if case["source"].endswith(source)]
        chance.shuffle(cases)
        most = min(int(count), len(cases))
        drawn += [((at + 1) / most, case) for at, case in enumerate(cases[:most])]
    return [case for _, case in sorted(drawn, key=lambda pair: pair[0])]


def functions(case: Case, data: Path) -> dict[str, dict[str, Any]]:
    """What a peer is offered, under names that every API takes, by that name; ``action`` is the case's own name."""
    listed = json.loads((data / case.registry_file).read_text("utf-8"))
    by_name = {each["name"]: each for each in listed}
    made: dict[str, dict[str, Any]] = {}
    for name in case.names if case.names is not None else by_name:
        short = base = "".join(c if c.isalnum() or c in "_-" else "_" for c in name.split("@")[0])[:60]
        while short in made:
            short = base + "_2"
            base = short
        made[short] = {
            "name": short,
            "description": by_name[name].get("description") or "",
            "parameters": by_name[name]["parameters"],
            "action": name,
        }
    return made


def answered(case: Case, offered: dict[str, dict[str, Any]], answer: dict[str, Any]) -> CaseResult:
    """A peer's answer as an entry. An unknown function is kept as it was called."""
    calls = []
    for each in () if answer["error"] else answer["calls"]:
        known = offered.get(each["name"])
        arguments = each["arguments"] if isinstance(each["arguments"], dict) else {}
        calls.append({"action": known["action"] if known else each["name"], "params": arguments})
    decision = "act" if calls else "abstain"
    return CaseResult(case.id, decision, tuple(calls), sources=None, ms=answer["ms"], question=answer["error"])


def ask(name: str, url: str, model: str, cases: Path, out: Path) -> str:
    """Asks a peer whatever it has not answered yet; says why where that can't be."""
    script, wanted = PEERS[name]
    python: Path | str = Path(sys.executable)
    if wanted:
        python = peers_overhead.environment(wanted, peers_overhead.PEERS[wanted][1])
        if isinstance(python, str):
            return python
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "OPENAI_API_KEY": "local",
        "NO_PROXY": "*",
    }
    command = [str(python), str(HERE / script), url, model, str(cases), str(out)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False, env=variables)
    return (done.stderr.strip().splitlines() or ["it failed"])[-1][:100] if done.returncode else ""


def ask_us(url: str | None, model: str, cases: Path, data: Path, out: Path, cassette: Path) -> None:
    """The product's own way, through the command that users run."""
    command = [
        str(Path(sys.executable).with_name("opsiq")),
        "eval",
        "run",
        str(cases),
        "--data",
        str(data),
        "--json",
        str(out),
        "--quiet",
    ]
    if url is not None:
        command += ["--resolver", f"openai/{model}", "--cassette", str(cassette), "--parallel", "1", "--resume"]
    environment = {**os.environ, "OPSIQ_MODEL_URL": url or "", "OPSIQ_MODEL_KEY": "local"}
    subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)


def row(name: str, verdicts: Sequence[CaseVerdict], naive: Sequence[CaseVerdict]) -> str:
    runner = [each for each in verdicts if each.case.wants == "act"]
    resting = [each for each in verdicts if each.case.wants in ("abstain", "noop")]
    cells = (
        estimate_rate(runner, lambda each: bool(each.entry.calls) and external_names(each)),
        estimate_rate(runner, lambda each: each.full),
        estimate_rate(runner, lambda each: each.wrong_act),
        estimate_rate(resting, lambda each: each.full),
    )
    shown = " ".join(f"{cell.share:5.2f} [{cell.low:.2f}, {cell.high:.2f}]" for cell in cells)
    seconds = sum(each.entry.ms for each in verdicts) / max(1, len(verdicts)) / 1000
    against = {each.case.id: each.full for each in naive}
    both = [(each.full, against[each.case.id]) for each in verdicts if each.case.id in against]
    p = compute_mcnemar(sum(a and not b for a, b in both), sum(b and not a for a, b in both))
    return f"{name:<26} {len(verdicts):>4} {shown} {seconds:>6.1f} {p:>7.3f}"


def external_names(verdict: CaseVerdict) -> bool:
    """The right function, whatever its arguments."""
    return [call["action"] for call in verdict.entry.calls] == [each["action"] for each in verdict.case.actions]


def table(cases: Sequence[Case], folder: Path, data: Path) -> Iterable[str]:
    every: dict[str, list[CaseVerdict]] = {}
    for name in PEERS:
        kept = folder / f"{slug(name)}.jsonl"
        lines = kept.read_text("utf-8").splitlines() if kept.exists() else []
        answers = {each["id"]: each for each in map(json.loads, lines)}
        every[name] = [
            judge(case, answered(case, functions(case, data), answers[case.id])) for case in cases if case.id in answers
        ]
    for name in (OURS, OFFLINE):
        report = folder / f"{slug(name)}.json"
        if report.exists():
            entries = {each["id"]: parse_result(each) for each in json.loads(report.read_text("utf-8"))["entries"]}
            every[name] = [judge(case, entries[case.id]) for case in cases if case.id in entries]
    heads = " ".join(f"{each:>19}" for each in ("right function", "full call", "wrong act", "abstains"))
    yield f"{'':<26} {'n':>4} {heads} {'s/case':>6} {'p':>7}"
    for name, verdicts in every.items():
        if verdicts:
            yield row(name, verdicts, every["naive structured output"])
    yield "p: McNemar's exact test, all right against naive on the same cases. Intervals: 95 %, bootstrap over groups."


def slug(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name.lower())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder of cases in the neutral format (docs/guide/evals.md)")
    parser.add_argument("--out", type=Path, help="where answers are kept")
    parser.add_argument("--model-url", help="an OpenAI-compatible server, http://…/v1")
    parser.add_argument("--model", default="qwen05", help="the model's name there")
    parser.add_argument("--cases", nargs="+", default=CASES, metavar="FILE:SOURCE:COUNT", help="a sample of each")
    parser.add_argument("--first", type=int, default=1000, help="ask the first so many alone")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", nargs="+", default=(), help="ask these alone, by a part of their names")
    given = parser.parse_args()
    if given.data is None or given.out is None:
        print("needs --data and --out: cases that are not part of this repository")
        return 0
    given.out.mkdir(parents=True, exist_ok=True)
    drawn = sampled(given.data, given.cases, given.seed)[: given.first]
    cases = [reader.read_case(each) for each in drawn]
    listed, offered = given.out / "cases.jsonl", given.out / "offered.jsonl"
    listed.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in drawn), "utf-8")
    with offered.open("w", encoding="utf-8") as file:
        for case in cases:
            plain = [
                {key: each[key] for key in ("name", "description", "parameters")}
                for each in functions(case, given.data).values()
            ]
            file.write(
                json.dumps({"id": case.id, "prompt": case.prompt, "functions": plain}, ensure_ascii=False) + "\n"
            )
    for name in (OFFLINE, OURS, *PEERS):
        if given.only and not any(each.lower() in name.lower() for each in given.only):
            continue
        if name == OFFLINE:
            ask_us(None, given.model, listed, given.data, given.out / f"{slug(name)}.json", given.out / "none")
        elif given.model_url and name == OURS:
            ask_us(
                given.model_url,
                given.model,
                listed,
                given.data,
                given.out / f"{slug(name)}.json",
                given.out / "ours.cassette.jsonl",
            )
        elif given.model_url:
            why = ask(name, given.model_url, given.model, offered, given.out / f"{slug(name)}.jsonl")
            if why:
                print(f"{name:<26} skipped: {why}", flush=True)
    for line in table(cases, given.out, given.data):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
