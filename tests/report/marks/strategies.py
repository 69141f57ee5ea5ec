"""Findings of any shape, 1 to 200 touchpoints, any stage, contrast, name and interval; and what may be known of journeys around them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from momot.findings import Findings
from momot.findings.contract import Effect, Finding
from momot.report.around import Around, Share
from momot.vocabulary.words import STAGES
from tests.findings import documents

NAMES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60) | st.sampled_from(
    [
        "delivery.promise",
        "การจัดส่งครั้งนี้เป็นอย่างไรบ้าง",
        "very_long_name.with_many_parts.of_a_touchpoint",
        "ü",
        "漢字の接点.配送",
        "a b c d e f g h",
    ]
)
SHAPES = st.sampled_from(
    [("break", "make"), ("bad-good",), ("break",), ("make",), ("presence",), ("level", "level", "level"), ("arm",), ()]
)

VERDICTS = ("moment", "likely", "no evidence", "too small to matter", "not identifiable")


@st.composite
def findings(
    draw: st.DrawFn, most: int = 60, *, verdicts: Sequence[str] = VERDICTS, shapes: st.SearchStrategy[tuple[str, ...]] | None = None
) -> Findings:
    """One question; decisive, quiet and untold moments in any mix."""
    count = draw(st.integers(1, most))
    band = draw(st.none() | st.floats(0.01, 0.5))
    found: list[Finding] = []
    effects: list[Effect] = []
    scale = draw(st.sampled_from([0.01, 1.0, 1000.0]))
    for i in range(count):
        name, shape = f"{draw(NAMES)}{i}", draw(SHAPES if shapes is None else shapes)
        stage = draw(st.sampled_from([*STAGES, None]))
        verdict = draw(st.sampled_from(verdicts))
        decisive = verdict in ("moment", "likely")
        people = draw(st.integers(0, 100_000))
        found.append(
            documents.finding(
                name,
                stage=stage,
                kind="interaction" if stage else "condition",
                verdict=verdict,
                label="breaks" if decisive else None,
                rank=i + 1 if decisive else None,
                reach=documents.Reach(people=people, share=0.1, per_month=None),
            )
        )
        for j, contrast in enumerate(shape):
            estimate, half = draw(st.floats(-3, 3)) * scale, draw(st.floats(0.001, 2)) * scale
            effects.append(documents.effect(found[-1].moment, contrast, estimate, half, level=str(j), n=draw(st.integers(0, 50_000))))
    better = draw(st.sampled_from(["higher", "lower"]))
    asked = documents.question(better=better, smallest_effect=None if band is None else band * scale)
    return Findings(documents.document([asked], found, effects))


SHARES = st.none() | st.builds(Share, value=st.floats(0, 1), low=st.just(0.0), high=st.just(1.0), n=st.integers(1, 10**7))
AROUND = st.builds(
    Around,
    people=st.none() | st.integers(0, 10**7),
    stages=st.dictionaries(st.sampled_from(STAGES), st.integers(0, 10**7)),
    loyalty=SHARES,
    shared=SHARES,
)
