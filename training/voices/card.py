"""Puts the scores into the page of the models: docs/reference/voices-model.md, between its two marks."""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "voices-model.md"
BEGIN, END = "<!-- scores: written by training/voices/card.py -->", "<!-- end of scores -->"
SUGGESTED, SUGGESTED_END = "<!-- suggestions: written by training/voices/card.py -->", "<!-- end of suggestions -->"
FIVE = ("vi", "et", "cs", "th", "id")
SETS = {
    "held": "sentences of ours, apart from the anchors",
    "parallel": "twelve sentences of ours in 23 languages",
    "smsa": "Indonesian reviews and comments",
    "hoasa_id": "Indonesian hotel reviews",
    "casa_id": "Indonesian car reviews",
    "wisesight": "Thai social media, held out",
    "nusax": "social media in 12 languages, its test split",
    "xed": "film subtitles, held out, weak labels",
    "airline": "English tweets to airlines",
    "olist": "Portuguese reviews of orders, 1-2 against 5 stars",
    "banking77": "English questions to a bank, held out",
}


def table(scores: list[dict[str, object]]) -> str:
    """Two tables: a line a set (languages averaged), then a line a set and language."""
    lines = ["| set | languages | texts | fast: polarity | macro-F1 | semantic: polarity | macro-F1 |", "|---|---|---|---|---|---|---|"]
    for name, what in SETS.items():
        of = [row for row in scores if row["source"] == name]
        if of:
            lines.append(f"| {name}: {what} | {len(of)} | {sum(int(str(row['texts'])) for row in of)} | {_cells(of)} |")
    five = [row for row in scores if row["source"] == "held" and row["language"] in FIVE]
    lines.append(f"| held, mean of vi, et, cs, th, id | 5 | {sum(int(str(row['texts'])) for row in five)} | {_cells(five)} |")
    lines += ["", "| set | language | texts | fast: polarity | macro-F1 | semantic: polarity | macro-F1 |", "|---|---|---|---|---|---|---|"]
    lines += [f"| {row['source']} | {row['language']} | {row['texts']} | {_cells([row])} |" for row in scores]
    return "\n".join(lines)


def suggested(scores: list[dict[str, object]]) -> str:
    """A table: a line a set and tier."""
    lines = ["| set | texts | tier | F1 without labels | after 200 labels |", "|---|---|---|---|---|"]
    for row in scores:
        figures = (f"{float(str(row[name])):.2f}".lstrip("0") for name in ("without", "after"))
        lines.append(f"| {row['set']} | {row['texts']} | {row['tier']} | {' | '.join(figures)} |")
    return "\n".join(lines)


def rendered(page: str, scores: list[dict[str, object]], suggestions: list[dict[str, object]]) -> str:
    """The page with its tables made anew."""
    for begin, made, end in ((BEGIN, table(scores), END), (SUGGESTED, suggested(suggestions), SUGGESTED_END)):
        before, rest = page.split(begin)
        page = f"{before}{begin}\n{made}\n{end}{rest.split(end)[1]}"
    return page


def _cells(rows: list[dict[str, object]]) -> str:
    cells = []
    for name in ("polarity_fast", "f1_fast", "polarity", "f1"):
        known = [float(str(row[name])) for row in rows if row[name] is not None]
        cells.append(f"{sum(known) / len(known):.2f}".lstrip("0") if known else "–")
    return " | ".join(cells)


def main() -> None:
    """Write the page."""
    scores, suggestions = (json.loads((HERE / f"{name}.json").read_text("utf-8")) for name in ("scores", "suggestions"))
    PAGE.write_text(rendered(PAGE.read_text("utf-8"), scores, suggestions), "utf-8")


if __name__ == "__main__":
    main()
