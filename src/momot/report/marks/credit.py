"""One moment's credit and what it can bring, on one axis of shares of all that happened: the ring is Markov credit, the bar the effect."""

from __future__ import annotations

from markupsafe import Markup

from momot.findings.contract import Credit, Credited
from momot.report.marks.palette import brush
from momot.report.marks.scale import Scale
from momot.report.marks.svg import element, picture

WIDTH, HEIGHT, MARGIN = 260.0, 22.0, 8.0
SHOWN_TIMES = 2.0  # intervals that reach farther than so many times the largest credit are cut off


def credit_scale(credit: Credit, rows: tuple[Credited, ...]) -> Scale:
    """The axis that all rows of a question share."""
    most = max((max(row.markov, 0.0) for row in rows), default=0.0) / credit.credited
    ends = [0.0, most]
    for row in rows:
        if row.caused_low is not None and row.caused_high is not None:
            ends += [
                value / credit.credited for value in (row.caused_low, row.caused_high) if abs(value) <= SHOWN_TIMES * most * credit.credited
            ]
    low, high = min(ends), max(ends)
    slack = 0.03 * (high - low) or 1.0
    return Scale(low - slack, high + slack, MARGIN, WIDTH - MARGIN)


def credit_svg(row: Credited, credit: Credit, scale: Scale, *, look: str, title: str, standalone: bool = False) -> Markup:
    """The picture of one row; `look` is make, break or quiet."""
    middle, pen = HEIGHT / 2, brush(standalone=standalone)
    zero = scale(0.0)
    body = [element("line", {"x1": zero, "x2": zero, "y1": 0.0, "y2": HEIGHT, **pen("zero")})]
    if row.caused is not None and row.caused_low is not None and row.caused_high is not None:
        low, high = scale.held(row.caused_low / credit.credited), scale.held(row.caused_high / credit.credited)
        bar = {"x": low, "y": middle - 3, "width": max(high - low, 1.0), "height": 6.0, "rx": 3}
        body.append(element("rect", {**bar, **pen(f"{look}-pill")}))
        body.append(
            element(
                "circle",
                {"cx": scale.held(row.caused / credit.credited), "cy": middle, "r": 3.5, **pen(f"{look}-fill")},
            )
        )
    body.append(element("circle", {"cx": scale(row.markov / credit.credited), "cy": middle, "r": 6.0, **pen("quiet-hollow")}))
    return picture((WIDTH, HEIGHT), title, body, look="cr", standalone=standalone)
