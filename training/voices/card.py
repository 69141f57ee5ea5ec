"""Puts the scores into the page of the models: docs/reference/voices-model.md, between its two marks."""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "reference" / "voices-model.md"
BEGIN, END = "<!-- scores: written by training/voices/card.py -->", "<!-- end of scores -->"
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


def rendered(page: str, scores: list[dict[str, object]]) -> str:
    """The page with its tables made anew."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n{table(scores)}\n{END}{rest.split(END)[1]}"


def _cells(rows: list[dict[str, object]]) -> str:
    cells = []
    for name in ("polarity_fast", "f1_fast", "polarity", "f1"):
        known = [float(str(row[name])) for row in rows if row[name] is not None]
        cells.append(f"{sum(known) / len(known):.2f}".lstrip("0") if known else "–")
    return " | ".join(cells)


def main() -> None:
    """Write the page."""
    PAGE.write_text(rendered(PAGE.read_text("utf-8"), json.loads((HERE / "scores.json").read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main()
