"""Workload: a year of interactions of people over time, as a log in the order of time, and what they buy.

Ten million interactions of 300,000 people with 40 touchpoints or more: fifteen have a quality, four a wait in minutes, one is the purchase.
Activity is uneven: the busiest person has some 18,000 interactions, the median 26. Good touches of three touchpoints bring orders.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

TABLES = {"log": "happened_at", "waits": "happened_at", "orders": "happened_at", "customers": "user_id"}  # table -> order of its rows
MEMORY = "8GB"  # of the generator
VIEWS = ((), ("--funnel",), ("--paths",), ("--cohorts",))  # of `momot journey`
PROJECT = """name = "Journeys"
timezone = "Europe/Berlin"
currency = "EUR"

[[interactions]]
from = "log.parquet"
activity = {sql = "event"}
touchpoint = {sql = "touchpoint"}
channel = {sql = "channel"}
person = "user_id"
at = "happened_at"
quality = {sql = "quality"}

[[interactions]]
from = "waits.parquet"
activity = "waited"
touchpoint = {sql = "touchpoint"}
channel = {sql = "channel"}
person = "user_id"
at = "happened_at"
level = "minutes"
levels = ["0-4", "5-14", "15-29", "30-"]

[[interactions]]
from = "orders.parquet"
activity = "order_placed"
touchpoint = "checkout.order"
channel = "web"
person = "user_id"
at = "happened_at"
value = "price"
id = "order_id"

[people]
from = "customers.parquet"
person = "user_id"
segments = ["region", "plan", "age"]

[outcomes.purchase]
activity = "order_placed"
per = "person"
within = "30 days"
smallest_effect = 0.01

[outcomes.repurchase]
activity = "order_placed"
per = "person"
within = "30 days"
eligible = "order_placed"
smallest_effect = 0.01

[outcomes.churn]
activity = "order_placed"
absent = true
per = "person"
within = "60 days"
eligible = "order_placed"
better = "lower"
smallest_effect = 0.01
"""


def write(folder: Path, interactions: int, touchpoints: int = 40) -> None:
    """Write the Parquet files of TABLES and `momot.toml` into `folder`, unless they are there in this size; one person for 33 rows.

    A hundred million rows are made with what does not fit into memory on disk beside them, some 15 GB for a while.
    """
    done = folder / f"interactions-{interactions}-{touchpoints}.done"
    if done.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.done"):
        old.unlink()
    limits = {"memory_limit": MEMORY, "temp_directory": str(folder / "spill")}
    connection = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False, **limits})
    fill(connection, interactions, touchpoints)
    for table, order in TABLES.items():
        connection.execute(f"COPY (FROM {table} ORDER BY {order}) TO '{folder / table}.parquet' (FORMAT parquet)")
    (folder / "momot.toml").write_text(PROJECT, encoding="utf-8")
    done.touch()


def fill(connection: duckdb.DuckDBPyConnection, interactions: int, touchpoints: int) -> None:
    """Make the tables and views of the workload."""
    connection.execute(f"SET VARIABLE touchpoints = {touchpoints}")
    connection.execute(f"SET VARIABLE interactions = {interactions}")
    connection.execute(f"SET VARIABLE people = {interactions * 3 // 100}")
    connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def scan(folder: Path) -> str:
    """Python that reads every value of every file once and does nothing with them: what no program can be faster than."""
    tables = ", ".join(f"'{folder / name}.parquet'" for name in TABLES)
    return f"import duckdb\nfor file in ({tables}):\n    duckdb.sql(f\"SELECT bit_xor(hash(COLUMNS(*))) FROM '{{file}}'\").fetchall()"
