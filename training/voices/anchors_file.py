"""Writes src/momot/voices/weights/anchors.jsonl from the sentences in anchors/*.txt, one file a language.

A line is a mark and a sentence: + praise, - complaint, -! urgent complaint, 0 neither, ? question, s suggestion, r request.
"""

from __future__ import annotations

import json
from pathlib import Path

MARKS = {
    "+": (1.0, "praise", 0.0, 0.0),
    "-": (-1.0, "complaint", 0.0, 0.2),
    "-!": (-1.0, "complaint", 0.0, 1.0),
    "0": (0.0, "other", 0.0, 0.0),
    "?": (0.0, "question", 0.0, 0.1),
    "s": (-0.3, "suggestion", 1.0, 0.1),
    "r": (0.0, "request", 0.1, 0.4),
}
HERE = Path(__file__).parent


def written() -> list[dict[str, object]]:
    """All anchors, by language and in the order of the files."""
    rows: list[dict[str, object]] = []
    for path in sorted((HERE / "anchors").glob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                mark, text = line.split(" ", 1)
                valence, intent, suggestion, urgency = MARKS[mark]
                said: dict[str, object] = {"text": text, "language": path.stem, "valence": valence, "intent": intent}
                rows.append(said | {"suggestion": suggestion, "urgency": urgency})
    return rows


def write(to: Path) -> int:
    """Write them; how many there are."""
    rows = written()
    to.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return len(rows)


if __name__ == "__main__":
    print(write(HERE.parents[1] / "src" / "momot" / "voices" / "weights" / "anchors.jsonl"))
