"""What is lost when requests are written otherwise: ``python -m bench.perturbed [--data DIR] [--out FOLDER]``.

The same cases with slips of the pen, in other words, turned round, and with actions whose names say nothing, through
``opsiq eval run`` and the offline resolver (``--resolver`` for a model). Words that are values of the right answer are
left as they are: a misspelt name is another name. The other words come from a list of this file; which of them the
resolver's own lists have too is printed. Prints, for each, how many are right before and after, and the drop.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from agent.resolve.rules.normalization import PLAIN
from evals.cases import reader
from evals.cases.reader import Case
from evals.run.case_result import parse_result
from evals.score.interval import compute_mcnemar, estimate_rate
from evals.score.score import CaseVerdict, judge
from language.stems import GROUPED, KIN, ORDERS, READING, stem

OURS: Final = Path(__file__).parents[1] / "evals" / "suites" / "saas.jsonl"
FILES: Final = (
    "bfcl_live_act", "bfcl_live_irrelevance", "when2call", "sgd_first_turn", "workbench_single_noop",
    "tau_retail_commands",
)  # fmt: skip
OVERLAID: Final = ("workbench", "tau")
"""Sources whose actions stand for contracts of their own: they can't be renamed in a registry file."""
_WORD: Final = re.compile(r"(?<![\w@.'’/-])[a-z]{5,}(?![\w@'’/-])")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^'\n]*'|“[^”]*”")
_LEADS: Final = ("Hi there, could you ", "I'd like you to ", "When you get a moment, ", "Quick one for you: ")
_TAILS: Final = (" Thanks a lot!", " Much appreciated.", " That would help me out.", "")
_OTHER: Final = {
    "cancel": "call off", "find": "look up", "show": "display", "get": "fetch", "create": "set up",
    "make": "put together", "delete": "get rid of", "remove": "take out", "send": "shoot over", "change": "alter",
    "update": "bring up to date", "buy": "purchase", "play": "put on", "book": "arrange", "check": "look into",
    "tell": "inform", "give": "hand", "list": "enumerate", "search": "hunt", "return": "send back",
    "exchange": "swap", "close": "wrap up", "refund": "pay back", "move": "shift", "schedule": "put in the diary",
    "add": "throw in", "meeting": "get-together", "cheap": "low-cost",
}  # fmt: skip
_ASKED: Final = (
    "I need you to {order}", "could I ask you to {order}?", "it would be great if you could {order}",
    "we have to {order}", "I was wondering whether you could {order}",
)  # fmt: skip
"""An order asked for in a roundabout way."""
_PASSIVE: Final = (
    "I need {thing} to be {done}",
    "{thing} should be {done}",
    "please get {thing} {done}",
    "I want {thing} {done}",
)
"""An order told as what shall come of it."""
_DONE: Final = {
    "cancel": "cancelled", "delete": "deleted", "remove": "removed", "refund": "refunded", "close": "closed",
    "create": "created", "update": "updated", "change": "changed", "send": "sent", "move": "moved",
    "schedule": "scheduled", "assign": "assigned", "return": "returned", "exchange": "exchanged", "book": "booked",
    "resend": "resent", "reopen": "reopened", "void": "voided", "extend": "extended", "suspend": "suspended",
    "pause": "paused", "add": "added", "rename": "renamed", "stop": "stopped",
}  # fmt: skip
_SIMPLE: Final = re.compile(
    r"^(?:please\s+|can you\s+|could you\s+)?(?P<verb>[a-z]+)\s+"
    r"(?P<thing>(?:the|my|our|all|order|ticket|invoice|[A-Z#])[^.;:?!\"']*)[.?!]?$",
    re.IGNORECASE,
)
_OTHER_WORD: Final = re.compile(rf"\b({'|'.join(_OTHER)})\b", re.IGNORECASE)

Line = dict[str, Any]


def kept(line: Line) -> set[str]:
    """The words of right values, and of names offered to a person: not to be touched."""
    expected = line["expected"]
    values = [
        expected.get("params"),
        expected.get("candidates"),
        [each.get("params") for each in expected.get("actions") or ()],
    ]
    return set(re.findall(r"[^\W_]+", json.dumps(values, ensure_ascii=False).casefold()))


def touched(text: str, line: Line, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The matches outside quoted words and right values."""
    held, quoted = kept(line), [found.span() for found in _QUOTED.finditer(text)]
    for found in pattern.finditer(text):
        inside = any(start < found.end() and found.start() < end for start, end in quoted)
        if not inside and found[0].casefold() not in held:
            yield found


def replaced(text: str, pieces: Iterable[tuple[int, int, str]]) -> str:
    for start, end, words in sorted(pieces, reverse=True):
        text = text[:start] + words + text[end:]
    return text


def typos(line: Line, chance: random.Random) -> Line:
    """One slip in every sixth word that is long enough: two letters crossed, one left out, or one twice."""
    text = line["prompt"]
    words = list(touched(text, line, _WORD))
    some = chance.sample(words, min(len(words), max(1, len(text.split()) // 6)))
    return {**line, "prompt": replaced(text, [(each.start(), each.end(), _slip(each[0], chance)) for each in some])}


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    kind = chance.choice(("cross", "drop", "double"))
    if kind == "cross" and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at + 1 :] if kind == "drop" else word[:at] + word[at] + word[at:]


def paraphrased(line: Line, chance: random.Random) -> Line:
    """Verbs and a few nouns by other words, and said the way people do who want something of somebody."""
    text = replaced(
        line["prompt"], [(m.start(), m.end(), _OTHER[m[0].lower()]) for m in touched(line["prompt"], line, _OTHER_WORD)]
    )
    orders = re.match(r"(?:please\s+)?[a-z]+\b", text, re.IGNORECASE) is not None and "?" not in text
    lead = (
        chance.choice(_LEADS)
        if orders and not text.lower().startswith(("i ", "i'", "hi", "hey", "hello"))
        else "Hello. "
    )
    first = (
        text if lead.endswith(". ") or not text[:1].isupper() or text[1:2].isupper() else text[:1].lower() + text[1:]
    )
    return {**line, "prompt": lead + first + ("" if first.rstrip()[-1:].isalnum() else chance.choice(_TAILS))}


def turned(line: Line, chance: random.Random) -> Line:
    """A single order as what shall come of it ("the order should be cancelled"), any other in a roundabout way. Several
    sentences and questions stay as they are."""
    text = line["prompt"].strip()
    found = _SIMPLE.match(text)
    done = _DONE.get(found["verb"].lower()) if found else None
    if found and done and not re.search(r"\b(?:and|then|to|if|because|with|for|by|as|on)\b", found["thing"]):
        made = chance.choice(_PASSIVE).format(thing=found["thing"].strip(), done=done)
        return {**line, "prompt": made[:1].upper() + made[1:] + "."}
    order = re.sub(r"^(?:please|can you|could you)\s+", "", text, flags=re.IGNORECASE)
    begins = re.match(r"[a-z]+", order, re.IGNORECASE)
    if begins is None or "?" in order[:-1] or stem(begins[0].lower()) not in ORDERS | READING:
        return line
    plain = order.rstrip("?")
    made = chance.choice(_ASKED).format(order=plain[:1].lower() + plain[1:])
    return {**line, "prompt": made[:1].upper() + made[1:]}


def shared() -> list[str]:
    """Which other words of this bench stand in a list of the resolver's own too."""
    return [
        f"{word} = {other}"
        for word, other in _OTHER.items()
        if other in PLAIN or other.replace("-", "") in GROUPED or stem(other) in KIN.get(stem(word), ())
    ]


def renamed(line: Line, names: Mapping[str, str], folder: str) -> Line:
    """The same case over actions called a1, a2, …"""

    def other(name: Any) -> Any:
        return names.get(name, name)

    expected = {**line["expected"]}
    if expected.get("action"):
        expected["action"] = other(expected["action"])
    if expected.get("actions"):
        expected["actions"] = [{**each, "action": other(each["action"])} for each in expected["actions"]]
    registry = line["registry"]
    listed = [other(name) for name in registry] if isinstance(registry, list) else f"{folder}/{registry}"
    return {**line, "registry": listed, "registry_file": f"{folder}/{line['registry_file']}", "expected": expected}


def unnamed(registry: Sequence[Line]) -> tuple[list[Line], dict[str, str]]:
    names = {each["name"]: f"a{at}" for at, each in enumerate(registry, 1)}
    return [{**each, "name": names[each["name"]]} for each in registry], names


def answered(name: str, lines: Sequence[Line], data: Path, out: Path, resolver: str) -> dict[str, CaseVerdict]:
    """Verdicts by case, by the command that users run."""
    cases, report = out / f"{name}.jsonl", out / f"{name}.json"
    cases.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines), "utf-8")
    command = [
        str(Path(sys.executable).with_name("opsiq")),
        "eval",
        "run",
        str(cases),
        "--data",
        str(data),
        "--json",
        str(report),
        "--quiet",
    ]
    if resolver != "offline":
        command += ["--resolver", resolver, "--cassette", str(out / "cassette.jsonl"), "--parallel", "1"]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    entries = {each["id"]: parse_result(each) for each in json.loads(report.read_text("utf-8"))["entries"]}
    known: list[Case] = [reader.read_case(line) for line in lines]
    return {case.id: judge(case, entries[case.id]) for case in known}


def source(line: Line) -> str:
    return str(line.get("source") or "saas").split(":")[0]


def compared(
    name: str, before: Mapping[str, CaseVerdict], after: Mapping[str, CaseVerdict], lines: Sequence[Line]
) -> None:
    groups: dict[str, list[str]] = {}
    for line in lines:
        groups.setdefault(source(line), []).append(line["id"])
    for group, ids in (*groups.items(), ("all", [each for some in groups.values() for each in some])):
        pairs = [(before[each].full, after[each].full) for each in ids]
        was, now = (
            estimate_rate((some[each] for each in ids), lambda verdict: verdict.full) for some in (before, after)
        )
        wrong = sum(after[each].wrong_act for each in ids) - sum(before[each].wrong_act for each in ids)
        p = compute_mcnemar(sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs))
        drop = (was.share - now.share) * 100
        print(
            f"{name:<12} {group:<12} {len(ids):>5} {was.share:>7.3f} {now.share:>7.3f} [{now.low:.3f}, {now.high:.3f}] "
            f"{drop:>+6.1f} {wrong:>+6d} {p:>7.3f}",
            flush=True,
        )


def read(data: Path | None, files: Sequence[str], sample: int, seed: int) -> list[Line]:
    paths = [OURS, *((data / "cases" / f"{name}.jsonl") for name in files)] if data else [OURS]
    drawn = []
    for path in paths:
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
        drawn += random.Random(seed).sample(lines, min(sample, len(lines)))
    return drawn


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a folder of cases in the neutral format (docs/guide/evals.md)")
    parser.add_argument("--files", nargs="*", default=FILES)
    parser.add_argument("--out", type=Path, help="where cases and reports are written")
    parser.add_argument("--resolver", default="offline")
    parser.add_argument("--sample", type=int, default=120, help="how many of each file")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    lines = read(given.data, given.files, given.sample, given.seed)
    with tempfile.TemporaryDirectory() as folder:
        out = given.out or Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        data = given.data or out
        print(f"{'':<12} {'':<12} {'n':>5} {'before':>7} {'after':>7} {'95 %':>14} {'drop':>8} {'wrong':>6} {'p':>7}")
        print(f"other words that the resolver's own lists have too: {', '.join(shared())}")
        before = answered("before", lines, data, out, given.resolver)
        ways: dict[str, Callable[[Line, random.Random], Line]] = {
            "typos": typos,
            "paraphrase": paraphrased,
            "turned": turned,
        }
        for name, way in ways.items():
            made = [way(line, random.Random(f"{given.seed} {line['id']}")) for line in lines]
            compared(name, before, answered(name, made, data, out, given.resolver), lines)
        foreign = [line for line in lines if line.get("registry_file") and source(line) not in OVERLAID]
        if foreign:
            made = [*_over_unnamed(foreign, data, out)]
            compared("renamed", before, answered("renamed", made, out, out, given.resolver), foreign)
    return 0


def _over_unnamed(lines: Sequence[Line], data: Path, out: Path) -> Iterator[Line]:
    names: dict[str, dict[str, str]] = {}
    for line in lines:
        path = line["registry_file"]
        if path not in names:
            registry, names[path] = unnamed(json.loads((data / path).read_text("utf-8")))
            (out / "unnamed" / path).parent.mkdir(parents=True, exist_ok=True)
            (out / "unnamed" / path).write_text(json.dumps(registry), "utf-8")
        yield renamed(line, names[path], "unnamed")


if __name__ == "__main__":
    sys.exit(main())
