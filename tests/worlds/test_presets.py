"""The shop is a folder that momot's own project file reads, the same for the same seed, plausible, and with the traps it promises."""

from __future__ import annotations

import ast
import csv
import json
from collections import Counter
from pathlib import Path

import pytest

import momot.worlds
from momot import project
from momot.worlds import shop


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop(tmp_path_factory.mktemp("shop"))


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_same_seed_same_bytes_other_seed_other_orders(tmp_path: Path) -> None:
    one, again, other = (shop(tmp_path / name, orders=400, seed=seed) for name, seed in [("a", 7), ("b", 7), ("c", 8)])
    files = sorted(path.name for path in one.iterdir())
    assert all((one / name).read_bytes() == (again / name).read_bytes() for name in files)
    assert (one / "orders.csv").read_bytes() != (other / "orders.csv").read_bytes()


def test_its_project_file_loads_and_names_every_file(folder: Path) -> None:
    loaded = project.load(folder)
    assert {interactions.touchpoint for interactions in loaded.interactions} >= {"delivery.promise", "support.reply", "delivery.parcel"}
    text = (folder / "momot.toml").read_text(encoding="utf-8")
    assert all(path.name in text for path in folder.glob("*.csv"))


def test_every_column_of_the_files_is_filled(folder: Path) -> None:
    for path in folder.glob("*.csv"):
        table = rows(path, {"tickets.csv": ";", "reviews.csv": "\t"}.get(path.name, ","))
        assert table
        assert None not in table[0], f"{path.name}: a row is longer than the header"
        assert all(any(row[column] for row in table) for column in table[0]), path.name


def test_its_figures_are_those_of_a_plausible_shop(folder: Path) -> None:
    orders, parcels = rows(folder / "orders.csv"), rows(folder / "parcels.csv")
    people = Counter(row["customer_id"] for row in orders)
    stars = Counter(row["stars"] for row in rows(folder / "reviews.csv", "\t"))
    promised = {row["order_id"]: row["promised_on"] for row in orders}
    late = sum(row["delivered_at"][:10] > promised[row["order_id"]] for row in parcels) / len(parcels)
    assert len(orders) == 6000
    assert 5300 <= len(people) <= 5500
    assert max(people.values()) <= 6
    assert 0.05 <= late <= 0.2
    assert set(stars) == set("12345")
    assert stars["5"] + stars["4"] > 0.6 * stars.total()
    assert 0.6 <= stars.total() / len(orders) <= 0.8


def test_goodwill_is_a_consequence_of_the_stars(folder: Path) -> None:
    stars = {row["order_id"]: int(row["stars"]) for row in rows(folder / "reviews.csv", "\t")}
    paid = {row["order_id"] for row in rows(folder / "orders.csv") if row["goodwill_eur"]}
    unhappy = {order for order, given in stars.items() if given <= 2}
    assert paid <= unhappy
    assert len(paid) > 0.9 * len(unhappy) > 100


def test_the_shop_calls_back_after_the_review_only(folder: Path) -> None:
    answered = {
        row["order_id"]: row["answered_at"] for row in rows(folder / "reviews.csv", "\t") if not row["answered_at"].startswith("00")
    }
    calls = [row for row in rows(folder / "tickets.csv", ";") if row["called_back_at"] != "-"]
    day_first = [
        (row["called_back_at"][6:10] + "-" + row["called_back_at"][3:5] + "-" + row["called_back_at"][:2], row["order_id"]) for row in calls
    ]
    assert len(day_first) > 100
    assert all(day > answered[order][:10] for day, order in day_first if order in answered)


def test_its_truth_lists_effects_and_touchpoints_without(folder: Path) -> None:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    effect = {(row["touchpoint"], row["contrast"]): row["effect"] for row in truth["effects"]}
    assert effect["delivery.promise", "bad-good"] < -1
    assert effect["support.reply", "break"] < -0.5 < 0.3 < effect["support.reply", "make"]
    assert effect["delivery.parcel", "break"] < -0.5
    nulls = {row["moment"].split("@")[0] for row in truth["labels"] if row["label"] == "null"}
    assert nulls == {"courier.message", "email.newsletter", "payment.instalments", "site.order_status"}


def test_too_small_a_shop_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="give 100 or more"):
        shop(tmp_path / "tiny", orders=20)
    assert not (tmp_path / "tiny").exists()


def test_worlds_import_numpy_pyarrow_and_the_standard_library_only() -> None:
    package = Path(momot.worlds.__file__).parent
    imported = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    ours = {name for name in imported if name.split(".")[0] == "momot"}
    assert all(name.startswith("momot.worlds") for name in ours)
    assert not {"duckdb", "scipy", "pandas"} & {name.split(".")[0] for name in imported}
