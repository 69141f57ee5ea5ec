"""Workload: orders that meet up to 20 touchpoints each, as Parquet, and one opinion an order.

A million orders of 800,000 people meet the touchpoints with probabilities from .15 to 1: about 11 million interactions. Ten touchpoints
carry a quality, five are counted in levels, five are only met. Three of them move the opinion.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

TABLES = ("orders", "events", "counted", "reviews")
PROJECT = """name = "Bench"
timezone = "UTC"

[[subjects]]
from = "orders.parquet"
subject = "order_id"
person = "customer_id"
start = "ordered_at"
before = ["region", "price", "earlier_orders"]

[[interactions]]
from = "events.parquet"
activity = {sql = "touchpoint"}
touchpoint = {sql = "touchpoint"}
channel = {sql = "channel"}
subject = "order_id"
at = "happened_at"
quality = {sql = "quality"}

[[interactions]]
from = "counted.parquet"
activity = {sql = "touchpoint"}
touchpoint = {sql = "touchpoint"}
channel = {sql = "channel"}
subject = "order_id"
at = "happened_at"
repeat = "times"
levels = ["0", "1", "2", "3-"]

[[opinions]]
from = "reviews.parquet"
subject = "order_id"
at = "given_at"
instrument = "stars"
value = "stars"
scale = [1, 5]

[outcomes.opinion]
opinion = "stars"
per = "subject"
unit = "stars"
smallest_effect = 0.05
"""


def write(folder: Path, subjects: int) -> None:
    """Write the Parquet files of TABLES and `momot.toml` into `folder`, unless they are there in this size."""
    done = folder / f"subjects-{subjects}.done"
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.done"):
        old.unlink()
    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
    connection.execute(f"SET VARIABLE subjects = {subjects}")
    connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
    for table in TABLES:
        connection.execute(f"COPY (FROM {table} ORDER BY order_id) TO '{folder / table}.parquet' (FORMAT parquet)")
    (folder / "momot.toml").write_text(PROJECT, encoding="utf-8")
    done.touch()


def scan(folder: Path) -> str:
    """Python that reads every value of every file once and does nothing with them: what no program can be faster than."""
    tables = ", ".join(f"'{folder / name}.parquet'" for name in TABLES)
    return f"import duckdb\nfor file in ({tables}):\n    duckdb.sql(f\"SELECT bit_xor(hash(COLUMNS(*))) FROM '{{file}}'\").fetchall()"
