"""Each command translates to one function of the library; data on stdout, progress on stderr."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from momot import api
from momot.build.manifest import Block, Manifest, Table
from momot.cli.commands import folder_and_outcomes
from momot.findings import Findings
from momot.findings.checkup import Checkup, Item
from momot.findings.plan import Plan
from tests.cli.conftest import Library
from tests.findings import documents

Run = Callable[..., tuple[int, str, str]]


def test_find_prints_the_table_on_stdout_and_progress_on_stderr(run: Run, library: Library) -> None:
    code, out, err = run("find")
    assert code == 0
    assert out.startswith("4 of 11 touchpoints and conditions are likely to move opinion\n")
    assert out.rstrip().endswith("momot card delivery.promise@smot  ·  momot report -o moments.html  ·  momot serve")
    assert err == "opinion: episode design\n"
    assert "\x1b" not in out
    assert library.calls == [("open", {"folder": Path(), "data": None}), ("find_moments", {"outcome": None, "seed": 0})]


def test_find_passes_folder_outcomes_data_and_seed(run: Run, library: Library, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    code, out, err = run(
        *("find", "shop", "opinion", "--outcome", "repurchase", "--outcome", "opinion"),
        *("--by", "region", "--data", "raw", "--seed", "7", "--quiet"),
    )
    assert code == 0
    assert library.calls == [
        ("open", {"folder": Path("shop"), "data": Path("raw")}),
        ("find_moments", {"outcome": ["opinion", "repurchase"], "seed": 7, "by": ("region",)}),
    ]
    assert "momot report shop -o moments.html" in out
    assert err == ""


def test_credit_is_asked_for_by_find_and_report(run: Run, library: Library) -> None:
    for words, called in ((("find", "--credit"), "find_moments"), (("report", "--credit", "-o", "out.html"), "dossier")):
        assert run(*words)[0] == 0
        assert (called, {"outcome": None, "seed": 0, "credit": True}) in library.calls
        library.calls.clear()
    Path("found.json").write_text(library.findings.to_json(), encoding="utf-8")
    assert run("report", "--findings", "found.json", "--credit")[0] == 2


@pytest.mark.parametrize(
    ("words", "folder", "outcomes"),
    [
        ((), ".", ()),
        (("opinion",), ".", ("opinion",)),
        (("shop", "opinion"), "shop", ("opinion",)),
        (("no/where",), "no/where", ()),
        (("shop/momot.toml", "a"), "shop/momot.toml", ("a",)),
        (("a", "shop"), ".", ("a", "shop")),
    ],
)
def test_the_first_word_is_a_folder_where_it_is_one(
    words: tuple[str, ...], folder: str, outcomes: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop").mkdir()
    monkeypatch.chdir(tmp_path)
    assert folder_and_outcomes(words) == (Path(folder), outcomes)


@pytest.mark.parametrize("target", ["stdout", "file"])
def test_json_is_the_contract_and_csv_the_effects(run: Run, library: Library, tmp_path: Path, target: str) -> None:
    for form, wanted in (("json", library.findings.to_json(indent=2) + "\n"), ("csv", library.findings.to_csv())):
        words = ("-o", f"found.{form}") if target == "file" else ()
        code, out, _ = run("find", "--format", form, *words)
        text = (tmp_path / f"found.{form}").read_text(encoding="utf-8") if words else out
        assert code == 0
        assert text == wanted
        assert not words or out == ""


def test_a_table_in_a_file_has_utf8_and_no_colour(run: Run, tmp_path: Path) -> None:
    run("find", "-o", "found.txt")
    text = (tmp_path / "found.txt").read_text(encoding="utf-8")
    assert "▼" in text
    assert "\x1b" not in text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["found.txt"]


def test_no_answer_at_all_is_exit_code_1(run: Run, library: Library) -> None:
    library.findings = Findings(documents.closed())
    code, out, _ = run("find")
    assert code == 1
    assert "repurchase can’t be answered" in out
    assert run("report")[0] == 1
    assert run("find", "--format", "json")[0] == 1


def test_report_prints_the_path_it_wrote(run: Run, library: Library) -> None:
    code, out, _ = run("report", "-o", "out.html", "--quiet")
    assert (code, out) == (0, "out.html\n")
    assert library.calls[-1] == ("report", {"findings": library.findings, "path": Path("out.html"), "language": "en"})
    assert run("report", "--language", "xx")[0] == 2


def test_report_of_saved_findings_opens_no_project(run: Run, library: Library, tmp_path: Path) -> None:
    (tmp_path / "found.json").write_text(library.findings.to_json(), encoding="utf-8")
    code, out, _ = run("report", "--findings", "found.json")
    assert (code, out) == (0, "moments.html\n")
    assert [name for name, _ in library.calls] == ["report"]
    assert library.calls[0][1]["findings"] == library.findings
    assert run("report", "shop", "--findings", "found.json")[0] == 2


def test_init_writes_the_draft_and_prints_its_questions(run: Run, library: Library, tmp_path: Path) -> None:
    library.questions = ("orders.csv: is 'c3' the person or the order?",)
    (tmp_path / "shop").mkdir()
    code, out, _ = run("init", "shop")
    assert code == 0
    assert (tmp_path / "shop" / "momot.toml").read_text(encoding="utf-8") == library.draft_text
    assert out.splitlines() == [
        "Wrote shop/momot.toml.",
        "1 question to answer in it:",
        f"  ? {library.questions[0]}",
        "momot check shop  ·  momot build shop",
    ]


def test_init_never_replaces_a_project_file_unasked(run: Run, library: Library, tmp_path: Path) -> None:
    (tmp_path / "momot.toml").write_text("mine", encoding="utf-8")
    code, _, err = run("init", ".")
    assert code == 2
    assert "--force replaces it" in err
    assert (tmp_path / "momot.toml").read_text(encoding="utf-8") == "mine"
    assert library.calls == []
    assert run("init", ".", "--force")[0] == 0
    assert (tmp_path / "momot.toml").read_text(encoding="utf-8") == library.draft_text


def test_init_can_print_the_draft(run: Run, library: Library, tmp_path: Path) -> None:
    assert run("init", ".", "-o", "-")[:2] == (0, library.draft_text)
    assert list(tmp_path.iterdir()) == []


def manifest() -> Manifest:
    blocks = (
        Block(
            name="[[interactions]] 1",
            table="interactions",
            read=1000,
            kept=993,
            rejected=7,
            identified=993,
            rejections={"not_a_time": 5, "no_person": 2},
        ),
        Block(name="[[opinions]] 1", table="opinions", read=12000, kept=11990, filtered=8, duplicate=2, identified=11990),
    )
    table = Table(name="interactions", key="k", rows=993, files=("a",), blocks=blocks)
    return Manifest(
        build="b",
        folder="build-b",
        momot="0.1.0",
        duckdb="2",
        project="Shop",
        timezone="UTC",
        tables=(table,),
        warnings=("orders.csv has no zone",),
    )


def test_build_prints_counts_that_add_up(run: Run, library: Library) -> None:
    library.manifest = manifest()
    code, out, err = run("build")
    assert code == 0
    rows = [line.replace("\u202f", "").split()[-5:] for line in out.splitlines() if line.startswith("[[")]
    assert rows == [["1000", "993", "0", "0", "7"], ["12000", "11990", "8", "2", "0"]]
    assert all(int(read) == sum(map(int, rest)) for read, *rest in rows)
    assert "! [[interactions]] 1: no person 2, not a time 5" in out
    assert "! orders.csv has no zone" in out
    assert err == "reading orders.csv\n"
    assert json.loads(run("build", "--format", "json")[1])["tables"][0]["blocks"][0]["rejections"] == {"not_a_time": 5, "no_person": 2}


@pytest.mark.parametrize(("severity", "code", "said"), [("error", 1, "1 error"), ("warning", 0, "1 warning"), ("note", 0, "1 note")])
def test_check_fails_on_errors_only(run: Run, library: Library, severity: str, code: int, said: str) -> None:
    library.checkup = Checkup(
        project="Shop", build="b", items=(Item(severity=severity, about="opinion", message="It is odd.", fix="Look."),)
    )  # type: ignore[arg-type]
    exit_code, out, _ = run("check")
    assert exit_code == code
    assert "opinion: It is odd.\n  Look.\n" in out
    assert said in out
    assert json.loads(run("check", "--format", "json")[1])["items"][0]["severity"] == severity


def test_check_of_a_clean_project_says_so(run: Run, library: Library) -> None:
    library.checkup = Checkup(project="Shop", build="b", items=())
    assert run("check")[:2] == (0, "Nothing to complain about.\nmomot find\n")


def test_demo_prints_the_table_and_the_path_of_the_report(run: Run, library: Library) -> None:
    code, out, _ = run("demo", "my shop")
    assert code == 0
    assert out.splitlines()[-1] == "Report: my shop/moments.html"
    assert "momot report 'my shop' -o moments.html" in out
    run("demo")
    assert library.calls[-1] == ("demo", {"folder": Path("demo-shop"), "world": "orders"})


def test_what_if_is_passed_on_as_it_was_written(run: Run, library: Library) -> None:
    asked = ("delivery.promise=-50%", "support.call=touches:+10%")
    for command, called in (("find", "find_moments"), ("report", "dossier")):
        assert run(command, *(word for one in asked for word in ("--what-if", one)))[0] == 0
        assert (called, {"outcome": None, "seed": 0, "what_if": asked}) in library.calls
        library.calls.clear()


def test_a_plan_is_asked_for_by_moment_and_outcomes(run: Run, library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[object] = []
    empty = Plan(momot="0", project="shop", build="b", seed=3, moment="email.offer", power=0.9, level=0.05, proposals=())

    def plan(project: object, moment: str, **options: object) -> Plan:
        asked.append((moment, options["outcome"], options["effect"], options["power"], options["seed"]))
        return empty

    monkeypatch.setattr(api, "plan", plan)
    (tmp_path / "shop").mkdir()
    words = ("plan", "shop", "email.offer", "opinion", "--effect", "0.5", "--power", "0.9", "--seed", "3")
    code, out, _ = run(*words)
    assert (code, asked) == (1, [("email.offer", ["opinion"], 0.5, 0.9, 3)])
    assert "We cannot plan a trial of email.offer" in out
    assert msgspec.json.decode(run(*words, "--format", "json")[1], type=Plan) == empty
    assert run(*words, "--format", "csv")[1].startswith("question,moment,")
    assert run("plan")[0] == 2
