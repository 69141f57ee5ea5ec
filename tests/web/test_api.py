"""The API: the contracts, one shape of every error, and an OpenAPI document that says what is true."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from starlette.testclient import TestClient

from momot.findings import Findings
from momot.web.downloads import without_formulas
from momot.web.openapi import openapi
from momot.web.routes import ROUTES
from tests.findings import documents
from tests.web.served import SAME, project, served

API = [route for route in ROUTES if route.kind == "api"]
QUERIES = {"/api/v1/runs/diff": {"before": "1", "after": "2"}}


def valid(value: Any, schema: dict[str, Any]) -> None:
    """Hold a value against a schema of the document."""
    whole = Resource(contents=openapi(), specification=DRAFT202012)
    registry = Registry().with_resource("urn:momot", whole)
    text = json.dumps(schema).replace('"#/components', '"urn:momot#/components')
    jsonschema.Draft202012Validator(json.loads(text), registry=registry).validate(value)


def schema_of(path: str, method: str, status: str) -> dict[str, Any]:
    found: dict[str, Any] = openapi()["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
    return found


def test_the_document_lists_every_route_and_no_other(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    listed = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert listed == {(route.method, route.path) for route in API}
    names = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert len(set(names)) == len(names)
    assert document["openapi"].startswith("3.1")


@pytest.mark.parametrize("route", [route for route in API if route.method == "GET"], ids=lambda route: route.path)
def test_answers_are_what_the_document_says(route: Any, tmp_path: Path) -> None:
    with served(project(tmp_path / "p", documents.several(), documents.episode())) as client:
        answer = client.get(route.path, params=QUERIES.get(route.path))
        assert answer.status_code == route.status
        assert answer.headers["content-type"] == "application/json"
        valid(answer.json(), schema_of(route.path, "get", "200"))


def test_findings_are_the_contract(client: TestClient) -> None:
    whole = Findings.from_json(client.get("/api/v1/findings").content)
    assert whole.document == documents.several()
    question = whole.questions[1].id
    one = Findings.from_json(client.get("/api/v1/findings", params={"outcome": question}).content)
    assert [asked.id for asked in one.questions] == [question]


def test_moments_come_with_their_notes(client: TestClient) -> None:
    first = client.get("/api/v1/moments").json()["moments"][0]
    name = first["finding"]["moment"]
    assert first["note"]["version"] == 0
    kept = client.put("/api/v1/notes", json={"moment": name, "version": 0, "owner": "Ada"}, headers=SAME)
    assert (kept.status_code, kept.json()["version"]) == (200, 1)
    assert {one["note"]["owner"] for one in client.get("/api/v1/moments", params={"name": name}).json()["moments"]} == {"Ada"}
    late = client.put("/api/v1/notes", json={"moment": name, "version": 0, "owner": "Grace"}, headers=SAME)
    assert (late.status_code, late.json()["error"]["kind"]) == (409, "Stale")
    valid(late.json(), schema_of("/api/v1/notes", "put", "409"))
    assert [one["owner"] for one in client.get("/api/v1/notes").json()["notes"]] == ["Ada"]


@pytest.mark.parametrize(
    ("method", "path", "send", "status", "kind"),
    [
        ("GET", "/api/v1/findings?outcome=none", {}, 404, "NotThere"),
        ("GET", "/api/v1/moments?name=none", {}, 404, "NotThere"),
        ("GET", "/api/v1/runs/diff?before=1&after=9", {}, 404, "NotThere"),
        ("PUT", "/api/v1/notes", {"json": {"moment": "none", "version": 0}}, 404, "NotThere"),
        ("PUT", "/api/v1/notes", {"json": {"moment": "none"}}, 400, "QuestionError"),
        ("PUT", "/api/v1/notes", {"json": {"moment": "none", "version": 0, "who": "me"}}, 400, "QuestionError"),
        ("PUT", "/api/v1/notes", {"content": b"\xff\xfe", "headers": {"content-type": "application/json"}}, 400, "QuestionError"),
        ("PUT", "/api/v1/notes", {"data": {"moment": "none", "version": "0"}}, 400, "QuestionError"),
        ("POST", "/api/v1/jobs", {"json": {"kind": "destroy"}}, 400, "QuestionError"),
        ("POST", "/api/v1/jobs", {"json": {"kind": "find", "outcomes": ["none"]}}, 400, "QuestionError"),
        ("POST", "/api/v1/jobs", {"json": {"kind": "find", "by": ["none"]}}, 400, "QuestionError"),
        ("POST", "/api/v1/jobs/none/stop", {}, 404, "NotThere"),
    ],
)
def test_errors_have_one_shape(method: str, path: str, send: dict[str, Any], status: int, kind: str, client: TestClient) -> None:
    answer = client.request(method, path, **{**send, "headers": {**SAME, **send.get("headers", {})}})
    assert answer.status_code == status
    assert answer.json()["error"]["kind"] == kind
    assert set(answer.json()) == {"error"}
    assert set(answer.json()["error"]) == {"kind", "message"}


def test_a_fault_of_ours_tells_nothing_of_itself(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("secret in /etc/passwd")

    monkeypatch.setattr("momot.web.store.notes.Notes.all", broken)
    answer = client.get("/api/v1/notes")
    assert answer.status_code == 500
    assert answer.json()["error"]["kind"] == "Fault"
    assert "secret" not in answer.text
    assert "GET /api/v1/notes" in caplog.text


def test_downloads_are_what_is_shown(client: TestClient) -> None:
    svg = client.get("/download/map.svg")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert svg.text.startswith("<svg xmlns=")
    assert "var(--" not in svg.text
    assert 'class="mk-' not in svg.text.replace('class="mk-map"', "").replace('class="mk-figure"', "")
    table = client.get("/download/effects.csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    findings = Findings(documents.several())
    shown = [one for one in findings.document.effects if one.question == rows[0]["question"]]
    assert [float(row["estimate"]) for row in rows] == [one.estimate for one in shown]
    png = client.get("/download/map.png")
    assert png.headers["content-type"] == "image/png"
    assert png.content.startswith(b"\x89PNG\r\n\x1a\n")
    for answer in (svg, png, table, client.get("/download/findings.json")):
        assert re.match(r'attachment; filename="[\w.-]+"; filename\*=UTF-8', answer.headers["content-disposition"])


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1", "\r=1"])
def test_no_cell_of_a_table_is_a_formula(cell: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerow([cell, "-1.5", "+2e-3", "plain", "a=b"])
    (row,) = csv.reader(io.StringIO(without_formulas(out.getvalue()), newline=""))
    assert row == [f"'{cell}".replace("\r", " "), "-1.5", "+2e-3", "plain", "a=b"]


def test_a_picture_without_words_is_not_given_away(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("momot.web.png._writes", lambda: False)
    answer = client.get("/download/map.png")
    assert answer.status_code == 503
    assert "no font" in answer.text


def test_words_leave_a_trace_in_a_png(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check that finds a machine without fonts can fail: with names that no font has, nothing is written."""
    pytest.importorskip("resvg_py")
    from momot.web import png

    if not png._writes():
        pytest.skip("there is no font here")
    monkeypatch.setattr(png, "FACES", "'No such font at all'")
    png._writes.cache_clear()
    assert not png._writes()
    png._writes.cache_clear()


def test_hostile_names_stay_text_in_svg_csv_and_json(tmp_path: Path) -> None:
    document = documents.hostile()
    names = {one.touchpoint for one in document.findings}
    with served(project(tmp_path / "p", document)) as client:
        svg = client.get("/download/map.svg")
        tree = ET.fromstring(svg.text)  # whole and well formed
        allowed = {"svg", "title", "g", "a", "rect", "line", "circle", "path", "polyline", "polygon", "text", "tspan"}
        assert {element.tag.partition("}")[2] for element in tree.iter()} <= allowed
        assert not any(name.lower().startswith("on") or "href" in name for element in tree.iter() for name in element.attrib)
        assert client.get("/download/map.png").content.startswith(b"\x89PNG")
        table = list(csv.reader(io.StringIO(client.get("/download/effects.csv").text, newline="")))
        for cell in (cell for row in table for cell in row):
            assert not cell.startswith(("=", "+", "@", "\t", "\r")) or cell.lstrip("+").replace(".", "").isdigit()
        found = client.get("/api/v1/moments")
        assert found.headers["content-type"] == "application/json"
        assert found.headers["x-content-type-options"] == "nosniff"
        assert {one["finding"]["touchpoint"] for one in found.json()["moments"]} == names
        for name in names:
            answer = client.get("/api/v1/moments", params={"name": f"{name}@smot"})
            assert answer.status_code in (200, 414), name[:40]
