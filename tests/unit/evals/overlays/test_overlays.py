"""An overlay's contracts stand for functions of its suite, and its records are rows of kinds that they refer to."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from evals.overlays import find_overlay, make_records, office


def write(path: Path, row: dict[str, str]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        made = csv.DictWriter(file, row)
        made.writeheader()
        made.writerow(row)


async def test_its_records_are_the_suites_tables_and_what_is_counted_of_them(tmp_path: Path) -> None:
    write(tmp_path / "emails.csv", {"email_id": "2", "inbox/outbox": "inbox", "sender/recipient": "ada.lace@x.example"})
    write(tmp_path / "email_addresses.csv", {"email_address": "ada.lace@x.example"})
    for name in ("calendar_events", "customer_relationship_manager_data", "project_tasks"):
        write(tmp_path / f"{name}.csv", {"id": "1"})
    visit = {"date_of_visit": "2026-11-01", "user_engaged": "True", "session_duration_seconds": "30"}
    write(tmp_path / "analytics_data.csv", {**visit, "traffic_source": "direct"})
    rows = make_records(office.REGISTRY, tmp_path, None)
    person, day = await rows.get("employee", "ada.lace@x.example"), await rows.get("site_day", "2026-11-01")
    mail = await rows.get("email", "2")
    assert person is not None
    assert person.values["name"] == "Ada Lace"
    assert mail is not None
    assert (mail.values["box"], mail.values["person"]) == ("inbox", "ada.lace@x.example")
    assert day is not None
    assert (day.values["total_visits"], day.values["visits_direct"]) == (1, 1)


def test_there_is_none_for_a_suite_that_nobody_wrote_one_for(tmp_path: Path) -> None:
    assert find_overlay("nobody/registry.json", tmp_path / "none.json") is None


def test_its_contracts_stand_for_the_functions_of_the_suite(tmp_path: Path) -> None:
    written = json.loads((Path(office.__file__).with_suffix(".json")).read_text("utf-8"))["contracts"]
    functions = [
        {"name": name, "description": f"Does {name}.", "parameters": {"type": "object", "properties": {}}}
        for name in sorted({each["of"] for each in written})
    ]
    path = tmp_path / "registry.json"
    path.write_text(json.dumps(functions), "utf-8")
    overlay = find_overlay(office.REGISTRY, path)
    assert overlay is not None
    assert [each.name for each in overlay.contracts] == [each["name"] for each in written]
    assert set(overlay.stands_for.values()) == {each["name"] for each in functions}
