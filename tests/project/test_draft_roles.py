# ruff: noqa: E501 (names and their translations, side by side)
"""The roles that a draft fills, against the finished examples: right or asked, never silently wrong; whatever the columns are called.

A role is right where the draft fills it with what the finished example has (or rightly leaves it empty), asked where it is left open with a
question, and silently wrong where it holds anything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from momot.project import parse
from momot.project.draft import Draft, draft
from momot.project.schema import ProjectFile

ROLES = ("person", "time", "outcome", "sentinel", "assignment")
ROWS = 12_000  # of each file: what is measured shows in them


@dataclass(frozen=True)
class Example:
    """What the finished example of a data set has, by columns of its files. `wanted` must be there, `allowed` may be."""

    folder: str
    files: tuple[str, ...]
    wanted: Mapping[str, set[str]]
    allowed: Mapping[str, set[str]]
    words: Mapping[str, str]  # column -> translation


EXAMPLES = {
    "olist_sample": Example(
        "olist_sample",
        ("olist_orders_dataset.csv", "olist_customers_dataset.csv", "olist_order_reviews_dataset.csv", "olist_order_items_dataset.csv"),
        {"person": {"customer_unique_id"}, "time": {"order_purchase_timestamp", "review_answer_timestamp"}, "outcome": {"review_score"}},
        {"time": {"review_creation_date"}},
        {  # Vietnamese
            "customer_unique_id": "mã_khách_hàng_duy_nhất", "customer_id": "mã_khách_hàng", "order_id": "mã_đơn_hàng", "review_score": "điểm_đánh_giá",
            "order_purchase_timestamp": "thời_gian_mua", "review_answer_timestamp": "thời_gian_trả_lời", "review_creation_date": "ngày_gửi_khảo_sát",
            "order_estimated_delivery_date": "ngày_giao_dự_kiến", "order_delivered_customer_date": "ngày_giao_thực_tế", "customer_city": "thành_phố",
            "customer_state": "tỉnh", "customer_zip_code_prefix": "mã_bưu_điện", "order_approved_at": "ngày_duyệt", "review_id": "mã_nhận_xét",
        },
    ),
    "sfo_survey": Example(
        "sfo_survey_2010_2015",
        ("2013_SFO_Customer_Survey.csv", "2014_SFO_Customer_Survey.csv", "2015_SFO_Customer_Survey.csv"),
        {"person": {"RESPNUM"}, "outcome": {"Q7O_WHOLE", "Q7ALL"}, "sentinel": {"0 missing", "6 never"}},
        {},
        {  # Czech
            "RESPNUM": "číslo_respondenta", "Q7O_WHOLE": "Q7O_CELKOVĚ", "Q7ALL": "Q7_CELKOVĚ", "WEIGHT": "váha", "Q9F_CLNWHOLE": "Q9F_ČISTOTA",
            "Q9ALL": "Q9_CELKOVĚ", "AIRLINE": "letecká_společnost", "GATE": "brána", "INTDATE": "den_rozhovoru",
        },
    ),
    "hillstrom": Example(
        "hillstrom",
        ("hillstrom.csv",),
        {"outcome": {"visit", "conversion", "spend"}, "assignment": {"segment"}},
        {},
        {  # German
            "segment": "gruppe", "visit": "besuch", "conversion": "kauf", "spend": "ausgaben", "recency": "monate_seit_kauf", "history": "bisheriger_umsatz",
            "mens": "herren", "womens": "damen", "newbie": "neukunde", "channel": "kanal", "zip_code": "wohnort", "history_segment": "umsatzklasse",
        },
    ),
    "cookie_cats": Example(
        "cookie_cats",
        ("cookie_cats.csv",),
        {"person": {"userid"}, "outcome": {"retention_1", "retention_7"}, "assignment": {"test_version"}},
        {},
        {  # Estonian
            "userid": "kasutaja_id", "test_version": "katse_rühm", "sum_gamerounds": "mängude_arv", "retention_1": "tagasitulek_1", "retention_7": "tagasitulek_7",
        },
    ),
    "telco_ibm": Example(
        "telco_ibm",
        ("Telco-Customer-Churn.csv",),
        {"person": {"customerID"}, "outcome": {"Churn"}, "sentinel": {"No internet service never", "No phone service never"}},
        {},
        {  # Indonesian
            "customerID": "id_pelanggan", "gender": "jenis_kelamin", "Churn": "berhenti", "tenure": "lama_berlangganan", "Partner": "pasangan",
            "Contract": "kontrak", "MonthlyCharges": "biaya_bulanan", "TechSupport": "dukungan_teknis", "PaymentMethod": "cara_bayar",
        },
    ),
    "incident_log": Example(
        "incident_log",
        ("incident_event_log.parquet",),
        {"person": {"caller_id"}, "time": {"opened_at", "sys_updated_at"}, "outcome": {"made_sla"}, "sentinel": {"?"}},
        {"time": {"resolved_at"}},
        {  # Thai
            "caller_id": "รหัสลูกค้า", "number": "เลขที่คำสั่งซื้อ", "opened_at": "เวลาเปิด", "sys_updated_at": "เวลาปรับปรุง", "resolved_at": "เวลาแก้ไขเสร็จ",
            "closed_at": "เวลาปิด", "made_sla": "ตามข้อตกลง", "ident_state": "สถานะ", "priority": "ลำดับความสำคัญ", "category": "หมวดหมู่",
        },
    ),
    "uci_online_retail": Example(
        "uci_online_retail",
        ("online_retail_ii_2009_2010.parquet",),
        {"person": {"CustomerID"}, "time": {"InvoiceDate"}, "outcome": {"again: InvoiceDate"}},
        {},
        {  # Portuguese
            "CustomerID": "codigo_cliente", "InvoiceNo": "numero_fatura", "InvoiceDate": "data_fatura", "StockCode": "codigo_produto",
            "Quantity": "quantidade", "UnitPrice": "preco_unitario", "Country": "pais", "Description": "descricao",
        },
    ),
}  # fmt: skip


def roles_of(project: ProjectFile, columns: set[str]) -> dict[str, set[str]]:
    """What a project file fills each role with: columns of the files, codes with what they mean."""

    def named(*expressions: object) -> set[str]:
        texts = [text for one in expressions for text in (one.values() if isinstance(one, dict) else [one]) if isinstance(text, str)]
        found = {"".join(match) for text in texts for match in re.findall(r'"([^"]+)"|([^\W\d]\w*)', re.sub(r"'[^']*'", "", text))}
        return found & columns

    roles: dict[str, set[str]] = {role: set() for role in ROLES}
    for table in project.tables:
        roles["sentinel"] |= set(table.missing)
    for block in (
        *project.subjects,
        *project.interactions,
        *project.opinions,
        *project.wide,
        *([project.people] if project.people else []),
    ):
        roles["person"] |= named(block.person)
        for key in ("start", "end", "at", "asked"):
            roles["time"] |= named(getattr(block, key, None))
    for opinions in project.opinions:
        roles["outcome"] |= named(opinions.value)
    for wide in project.wide:
        roles["outcome"] |= named(*(outcome.value for outcome in wide.outcomes))
        roles["assignment"] |= named(wide.assignment)
        roles["sentinel"] |= {f"{code} missing" for code in wide.missing} | {f"{code} never" for code in wide.never_used}
    for outcome in project.outcomes:
        roles["outcome"] |= named(outcome.value)
        roles["time"] |= named(outcome.at)
        roles["outcome"] |= {f"again: {block.at}" for block in project.interactions if outcome.activity == block.activity}
    return roles


@dataclass(frozen=True)
class Score:
    """Roles of one draft, each named with its data set."""

    right: list[str]
    asked: list[str]
    wrong: list[str]


def score(name: str, example: Example, drafted: Draft, columns: set[str], translate: Callable[[str], str]) -> Score:
    live = any(line and not line.startswith("#") for line in drafted.text.splitlines())
    filled = roles_of(parse(drafted.text), columns) if live else {role: set() for role in ROLES}
    result = Score([], [], [])
    for role in ROLES:
        rename = (lambda code: code) if role == "sentinel" else translate  # codes are values, not names
        wanted = {_translated(one, rename) for one in example.wanted.get(role, set())}
        allowed = wanted | {_translated(one, rename) for one in example.allowed.get(role, set())}
        if extra := filled[role] - allowed:
            result.wrong.append(f"{name} {role}: {sorted(extra)}")
        elif not wanted or filled[role] >= wanted:
            result.right.append(f"{name} {role}")
        elif drafted.questions:
            result.asked.append(f"{name} {role}")
        else:
            result.wrong.append(f"{name} {role}: open without a question")
    return result


def _translated(one: str, translate: Callable[[str], str]) -> str:
    prefix, _, column = one.rpartition(": ")
    return f"{prefix}: {translate(column)}" if prefix else translate(one)


def _copied(example: Example, source: Path, target: Path, translate: Callable[[str], str]) -> set[str]:
    """The files of an example in `target`, cut to their first rows, with other names; returns the columns."""
    columns: set[str] = set()
    for file in example.files:
        scan = f"read_csv('{source / file}', all_varchar = true)" if file.endswith(".csv") else f"'{source / file}'"
        names = [row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM {scan}").fetchall()]
        renamed = ", ".join(f'"{name}" AS "{translate(name)}"' for name in names)
        form = "(FORMAT csv, HEADER)" if file.endswith(".csv") else "(FORMAT parquet)"
        duckdb.sql(f"COPY (SELECT {renamed} FROM {scan} LIMIT {ROWS}) TO '{target / file}' {form}")
        columns |= {translate(name) for name in names}
    return columns


def _scores(shared_data, tmp_path: Path, translate: Callable[[Example], Callable[[str], str]]) -> Score:
    total = Score([], [], [])
    for name, example in EXAMPLES.items():
        folder = tmp_path / name
        folder.mkdir()
        rename = translate(example)
        columns = _copied(example, shared_data(example.folder), folder, rename)
        found = score(name, example, draft(folder), columns, rename)
        total.right.extend(found.right)
        total.asked.extend(found.asked)
        total.wrong.extend(found.wrong)
    return total


def test_roles_are_right_under_the_names_of_the_files(shared_data, tmp_path):
    found = _scores(shared_data, tmp_path, lambda example: lambda name: name)
    assert found.wrong == []
    assert len(found.right) >= 0.8 * len(EXAMPLES) * len(ROLES), found.asked


def test_roles_are_right_or_asked_under_translated_names(shared_data, tmp_path):
    found = _scores(shared_data, tmp_path, lambda example: lambda name: example.words.get(name, name))
    assert found.wrong == []
    assert len(found.right) >= 0.6 * len(EXAMPLES) * len(ROLES), found.asked


def test_roles_are_asked_where_the_names_say_nothing(shared_data, tmp_path):
    def numbered(example: Example) -> Callable[[str], str]:
        numbers: dict[str, str] = {}
        return lambda name: numbers.setdefault(name, f"c{len(numbers) + 1}")

    found = _scores(shared_data, tmp_path, numbered)
    assert found.wrong == []
    assert found.asked


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_has_the_roles_that_the_draft_is_held_to(root, name):
    """So that this test and examples/ can't drift apart. Computed facts of the example stand for the column they are computed from."""
    text = (root / "examples" / name / "momot.toml").read_text(encoding="utf-8")
    for wanted in EXAMPLES[name].wanted.values():
        for one in wanted:
            assert one.removesuffix(" missing").removesuffix(" never").removeprefix("again: ") in text
