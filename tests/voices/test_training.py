"""What lies beside the weights: the page has the scores that were measured, nothing measured on was trained on, sizes are kept."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
TRAINING = ROOT / "training" / "voices"
WEIGHTS = ROOT / "src" / "momot" / "voices" / "weights"
pytestmark = pytest.mark.skipif(not TRAINING.exists(), reason="the script of training is not part of the wheel")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"voices_training_{name}", TRAINING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_page_has_the_scores_that_were_measured() -> None:
    card = script("card")
    page = card.PAGE.read_text("utf-8")
    scores, suggestions = (json.loads((TRAINING / f"{name}.json").read_text("utf-8")) for name in ("scores", "suggestions"))
    assert card.rendered(page, scores, suggestions) == page


def test_the_package_has_the_anchors_that_were_written() -> None:
    held = [json.loads(line) for line in (WEIGHTS / "anchors.jsonl").read_text("utf-8").splitlines()]
    assert held == [row._asdict() for row in script("written").sentences("anchors")]


def test_nothing_that_is_measured_on_was_trained_on() -> None:
    written = script("written")

    def runs(text: str, size: int = 5) -> set[tuple[str, ...]]:
        words = text.lower().replace(",", " ").replace(".", " ").split()
        return {tuple(words[start : start + size]) for start in range(len(words) - size + 1)}

    trained = written.sentences("anchors")
    texts, spans = {row.text.lower() for row in trained}, set().union(*(runs(row.text) for row in trained))
    for folder in ("held", "parallel"):
        for row in written.sentences(folder):
            assert row.text.lower() not in texts
            assert not runs(row.text) & spans, row.text


def test_no_anchor_is_nearly_a_sentence_that_is_measured_on() -> None:
    """By runs of three letters, which also hold for languages without spaces between words."""
    written = script("written")

    def runs(text: str) -> set[str]:
        flat = " ".join("".join(letter.lower() if letter.isalnum() else " " for letter in text).split())
        return {flat[start : start + 3] for start in range(len(flat) - 2)}

    held: dict[str, list[set[str]]] = {}
    for row in [*written.sentences("held"), *written.sentences("parallel")]:
        held.setdefault(row.language, []).append(runs(row.text))
    for row in written.sentences("anchors"):
        mine = runs(row.text)
        near = max((len(mine & other) / len(mine | other) for other in held.get(row.language, []) if len(mine) > 6), default=0.0)
        assert near < 0.6, row.text


def test_every_sentence_has_a_mark_and_stands_once() -> None:
    written = script("written")
    for folder in ("anchors", "held", "parallel"):
        rows = written.sentences(folder)
        assert len({(row.text, row.language) for row in rows}) == len(rows)
        assert all(row.text.strip() == row.text and row.text for row in rows)


def test_weights_are_small_and_no_pickle() -> None:
    mine = [WEIGHTS / name for name in ("fast.npz", "fast.json", "semantic.npz", "semantic.json", "anchors.jsonl")]
    assert sum(path.stat().st_size for path in mine) < 7_000_000
    assert {path.suffix for path in WEIGHTS.iterdir()} <= {".npz", ".json", ".jsonl"}
