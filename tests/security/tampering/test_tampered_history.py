"""Write access to the database rewrites no history: what was edited, cut or chained anew is named with its place."""

from __future__ import annotations

import base64
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core import canon, webhook_signature
from core.clock import from_iso
from store.history.entries import GENESIS, HistoryRow, digest_entry
from tests.acceptance.installation import Installation
from tests.security.tampering.tampering import (
    Keeper,
    Rows,
    anchored,
    ask,
    behind_its_back,
    copied,
    database,
    diagnosis,
    edit,
    refusal,
    until,
)


def rechained(folder: Path, workspace: str, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
    """Every entry after ``change`` (None: taken out), chained anew with digests that fit, the record of the end made to
    fit as well."""
    names = list(HistoryRow.model_fields)
    rows = ask(folder, f"SELECT {', '.join(names)} FROM history WHERE workspace = ? ORDER BY seq", workspace)
    made: list[dict[str, Any]] = []
    seq, prev = 0, GENESIS
    for row in rows:
        entry = change(dict(zip(names, row, strict=True)))
        if entry is None:
            continue
        seq += 1
        entry |= {"seq": seq, "prev": prev}
        prev = entry["digest"] = digest_entry({**entry, "at": from_iso(entry["at"])})
        made.append(entry)
    with database(folder) as there, there:
        for (trigger,) in there.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            there.execute(f"DROP TRIGGER {trigger}")
        there.execute("DELETE FROM history WHERE workspace = ?", (workspace,))
        there.executemany(
            f"INSERT INTO history ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            [tuple(entry[name] for name in names) for entry in made],
        )
        there.execute("UPDATE history_heads SET seq = ?, digest = ? WHERE workspace = ?", (seq, prev, workspace))


def cut(folder: Path, workspace: str, to: Rows) -> None:
    """The history as it was when ``to`` was the record of its end, which is OpsIQ's own and comes back as it was."""
    ((seq, digest, generation, mac),) = to
    with database(folder) as there, there:
        for (trigger,) in there.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            there.execute(f"DROP TRIGGER {trigger}")
        there.execute("DELETE FROM history WHERE workspace = ? AND seq > ?", (workspace, seq))
        there.execute(
            "UPDATE history_heads SET seq = ?, digest = ?, generation = ?, mac = ? WHERE workspace = ?",
            (seq, digest, generation, mac, workspace),
        )


END = "SELECT seq, digest, generation, mac FROM history_heads WHERE workspace = ?"


def test_a_history_whose_recorded_end_was_edited_is_not_gone_on_with(world: Installation) -> None:
    with behind_its_back(world, "history_heads"):
        edit(world.folder, "UPDATE history_heads SET seq = seq + 1")
        assert (
            refusal(lambda: world.clients["olivia"].post("/v1/runs", {"text": "close ticket 5519"})) == "not_authentic"
        )
    with behind_its_back(world, "history_heads"):
        edit(world.folder, "DELETE FROM history_heads")
        assert (
            refusal(lambda: world.clients["olivia"].post("/v1/runs", {"text": "close ticket 5519"})) == "not_authentic"
        )
    assert world.verify()["ok"]


def test_a_history_that_was_chained_anew_is_named_with_the_place(world: Installation, tmp_path: Path) -> None:
    verdict = until(lambda: (found := world.verify())["anchored"] and found)
    assert verdict["ok"], verdict
    copy = copied(world, tmp_path / "copy")
    forged = verdict["anchored"]

    def another(entry: dict[str, Any]) -> dict[str, Any]:
        return entry | {"person": "somebody else"} if entry["seq"] == forged else entry

    rechained(copy.folder, world.workspace, another)
    code, told = copy.opsiq("history", "verify")
    assert code == 1
    assert f"Entry {forged} is not the one the anchor" in told
    (copy.folder / "anchors.jsonl").unlink()
    code, told = copy.opsiq("history", "verify")
    assert code == 1, "and without any anchor, the record of the end is not OpsIQ's own"
    assert "Something other than OpsIQ wrote where the history ends" in told


def test_a_history_that_was_cut_to_an_end_of_its_own_is_shown_by_its_anchors(
    world: Installation, tmp_path: Path
) -> None:
    end = ask(world.folder, END, world.workspace)
    world.ask("olivia", "close ticket 5519")
    until(lambda: anchored(world) > end[0][0])
    copy = copied(world, tmp_path / "copy")
    cut(copy.folder, world.workspace, end)
    code, told = copy.opsiq("history", "verify")
    assert code == 1
    assert f"the history ends at {end[0][0]}" in told
    assert "anchor" in told
    (copy.folder / "anchors.jsonl").unlink()
    code, told = copy.opsiq("history", "verify")
    assert code == 1, "the counts of what was cut off are still there"
    assert "What was counted" in told


def test_an_older_copy_of_the_whole_database_is_told_by_the_anchors(world: Installation, tmp_path: Path) -> None:
    copy = copied(world, tmp_path / "copy")
    ((seq, *_),) = ask(copy.folder, END, world.workspace)
    world.ask("olivia", "close ticket 5519")
    until(lambda: anchored(world) > seq)
    shutil.copy(world.folder / "anchors.jsonl", copy.folder / "anchors.jsonl")
    told = diagnosis(copy)
    assert "an older copy of the database was put back" in told
    code, told = copy.opsiq("seal", "--accept")
    assert code == 0, told
    code, told = copy.opsiq("history", "verify")
    assert code == 0, f"whoever has the data key may say that it was on purpose: {told}"


def test_what_was_counted_by_day_is_checked_too(world: Installation, tmp_path: Path) -> None:
    copy = copied(world, tmp_path / "copy")
    edit(copy.folder, "UPDATE history_days SET n = n + 7")
    code, told = copy.opsiq("history", "verify")
    assert code == 1
    assert "What was counted for" in told


def test_an_anchor_that_nobody_here_signed_is_named_and_shows_nothing(world: Installation, tmp_path: Path) -> None:
    until(lambda: anchored(world) > 0)
    copy = copied(world, tmp_path / "copy")
    lines = (copy.folder / "anchors.jsonl").read_text().splitlines()
    forged = json.loads(lines[-1]) | {"count": 10**6}
    (copy.folder / "anchors.jsonl").write_text("\n".join([*lines, json.dumps(forged), "no json"]) + "\n")
    assert f"did not sign: {len(lines) + 1}, {len(lines) + 2}." in diagnosis(copy)
    code, told = copy.opsiq("history", "verify")
    assert code == 1
    assert f"line {len(lines) + 1} of" in told
    assert "unbroken" in told


def test_anchors_sent_elsewhere_show_what_those_beside_the_database_no_longer_do(
    world: Installation, keeper: Keeper, tmp_path: Path
) -> None:
    end = ask(world.folder, END, world.workspace)
    world.ask("olivia", "close ticket 5519")
    until(lambda: any(json.loads(body)["count"] > end[0][0] for _, body in keeper.came))
    code, keys = world.opsiq("history", "anchor-key")
    assert code == 0
    secret, (headers, body) = keys.split()[-1], keeper.came[-1]
    assert webhook_signature.verify([secret], headers, body, now=int(time.time()))
    told = json.loads(body)
    public = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(keys.split()[2] + "="))
    public.verify(
        base64.urlsafe_b64decode(told["signature"] + "=="),
        canon.dumps({name: value for name, value in told.items() if name != "signature"}),
    )
    copy = copied(world, tmp_path / "copy")
    cut(copy.folder, world.workspace, end)
    (copy.folder / "anchors.jsonl").unlink()
    (tmp_path / "kept").write_bytes(b"\n".join(body for _, body in keeper.came))
    code, said = copy.opsiq("history", "verify", "--anchors", str(tmp_path / "kept"))
    assert code == 1
    assert "was taken at entry" in said
