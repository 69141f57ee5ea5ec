"""Whole answers as the engine gives them, one a design and one a hard case. Numbers are made up but hang together."""

# ruff: noqa: E501  messages and sentences stay in one piece

from __future__ import annotations

from typing import Any

import msgspec

from momot.findings.contract import AtStake, Calibration, Check, Document, Effect, Finding, Question, Reach, Refused, Unanswerable
from momot.findings.sentences import headline

PASSED = (
    Check(name="support", status="pass", value=363, limit=30, message="363 went badly, 3 609 well"),
    Check(name="separability", status="pass", value=0.83, limit=0.1, message="83 % of its variation is its own"),
    Check(name="time_order", status="pass", value=1.0, limit=1.0, message="Every one of them is dated before the opinion"),
)
SELECTION = Check(
    name="selection",
    status="review",
    value=0.62,
    limit=0.5,
    message="Late parcels are asked while they are still missing, and 62 % of them answered against 71 % of the others",
    fix="Ask everybody on the same day after the promised date",
)
INSEPARABLE = Check(
    name="separability",
    status="fail",
    value=0.04,
    limit=0.1,
    message="Cannot be separated from delivery.promise: 96 % of it is given by that",
    fix="An experiment that changes one without the other, or a period in which they differed",
)
UNSUPPORTED = Check(
    name="support", status="fail", value=11, limit=30, message="Only 11 episodes met it, 30 are needed", fix="About 2 more months of data"
)


def question(**changes: Any) -> Question:
    """An opinion in stars over episodes."""
    values: dict[str, Any] = {
        "id": "opinion",
        "outcome": "opinion",
        "unit": "stars",
        "better": "higher",
        "design": "episode",
        "evidence": "B",
        "within_days": None,
        "smallest_effect": 0.1,
        "units": 3972,
        "people": 3970,
        "mean": 4.09,
        "from": "2016-10-09",
        "to": "2018-08-31",
        "calibration": Calibration(),
        "headline": "",
        "estimand": "The mean difference in stars among episodes that met the moment, had it gone the other way.",
    }
    values |= changes
    return Question(**{("from_" if key == "from" else key): value for key, value in values.items()})


def finding(touchpoint: str, **changes: Any) -> Finding:
    """One finding at `smot` with passed checks."""
    stage = changes.get("stage", "smot")
    values: dict[str, Any] = {
        "question": "opinion",
        "moment": f"{touchpoint}@{stage}" if stage else touchpoint,
        "touchpoint": touchpoint,
        "stage": stage,
        "kind": "interaction",
        "verdict": "no evidence",
        "label": None,
        "evidence": "B",
        "rank": None,
        "tied": None,
        "q_value": None,
        "held": ("customer_state", "items", "promised_days"),
        "reach": Reach(people=3970, share=1.0, per_month=172.6),
        "detectable_effect": 0.21,
        "robustness_value": None,
        "at_stake": None,
        "half_life_days": None,
        "checks": PASSED,
    }
    return Finding(**(values | changes))


def effect(moment: str, contrast: str, estimate: float, half: float, **changes: Any) -> Effect:
    """One contrast, `estimate` ± `half`."""
    values: dict[str, Any] = {
        "question": "opinion",
        "moment": moment,
        "contrast": contrast,
        "level": None,
        "reference": "good",
        "segment": None,
        "days": None,
        "n": 363,
        "n_reference": 3609,
        "mean": 2.05,
        "mean_reference": 4.28,
        "estimate": estimate,
        "low": estimate - half,
        "high": estimate + half,
        "calibrated": False,
        "p_value": 0.0004,
        "q_value": 0.002,
    }
    return Effect(**(values | changes))


def document(questions: list[Question], findings: list[Finding], effects: list[Effect], **changes: Any) -> Document:
    """A document whose headlines are written by `headline` from its own findings."""
    titled = []
    for asked in questions:
        own = [f for f in findings if f.question == asked.id]
        words = headline(
            outcome=asked.outcome,
            design=asked.design,
            evidence=asked.evidence,
            verdicts=[f.verdict for f in own],
            kinds=[f.kind for f in own],
        )
        titled.append(msgspec.structs.replace(asked, headline=words))
    values: dict[str, Any] = {
        "momot": "0.1.0",
        "project": "Parcel shop",
        "build": "4f1d0c92ab77",
        "seed": 0,
        "questions": tuple(titled),
        "findings": tuple(findings),
        "effects": tuple(effects),
        "refused": (),
        "unanswerable": (),
    }
    return Document(**(values | changes))


def episode() -> Document:
    """Orders of a shop: a broken promise, a condition, make or break, five quiet ones, one not identifiable, one refused, one unanswerable."""
    stake = AtStake(estimate=-34.6, low=-38.1, high=-31.2, unit="stars a month")
    findings = [
        finding(
            "delivery.promise",
            channel="courier",
            verdict="likely",
            label="breaks",
            rank=1,
            q_value=0.0001,
            at_stake=stake,
            checks=(*PASSED, SELECTION),
            held=("customer_state", "items", "promised_days", "checkout.order@fmot", "basket.sellers"),
            robustness_value=0.31,
        ),
        finding(
            "support.first_reply",
            channel="email",
            verdict="likely",
            label="make or break",
            rank=2,
            q_value=0.003,
            reach=Reach(people=812, share=0.205, per_month=35.3),
            at_stake=AtStake(estimate=-11.4, low=-15.9, high=-6.9, unit="stars a month"),
        ),
        finding(
            "basket.sellers",
            stage=None,
            kind="condition",
            verdict="likely",
            label="presence",
            rank=3,
            q_value=0.008,
            reach=Reach(people=58, share=0.015, per_month=2.5),
            at_stake=AtStake(estimate=-3.0, low=-3.9, high=-2.1, unit="stars a month"),
        ),
        finding(
            "returns.refund",
            channel="web",
            verdict="likely",
            label="makes",
            rank=4,
            q_value=0.04,
            reach=Reach(people=230, share=0.058, per_month=10.0),
            at_stake=AtStake(estimate=3.9, low=1.2, high=6.6, unit="stars a month"),
        ),
        finding("checkout.order", stage="fmot", channel="web", verdict="not identifiable", checks=(UNSUPPORTED,), detectable_effect=None),
        finding(
            "delivery.parcel", channel="courier", verdict="not identifiable", checks=(*PASSED[:1], INSEPARABLE), detectable_effect=None
        ),
        finding("site.search", stage="zmot", channel="web", verdict="no evidence", reach=Reach(people=1530, share=0.385, per_month=66.5)),
        finding("mail.welcome", stage="smot", channel="email", verdict="too small to matter", detectable_effect=0.06),
        finding("basket.price", stage=None, kind="condition", verdict="too small to matter", detectable_effect=0.05),
        finding(
            "reviews.read", stage="zmot", channel="review_site", verdict="no evidence", reach=Reach(people=402, share=0.101, per_month=17.5)
        ),
        finding("social.post", stage="umot", channel="social", verdict="no evidence", reach=Reach(people=77, share=0.019, per_month=3.3)),
    ]
    effects = [
        effect("delivery.promise@smot", "bad-good", -2.203, 0.155, level="bad"),
        effect("delivery.promise@smot", "bad-good", -2.41, 0.28, level="bad", segment="customer_state = SP", n=131, n_reference=1502),
        effect("delivery.promise@smot", "bad-good", -2.05, 0.21, level="bad", segment="customer_state = other", n=232, n_reference=2107),
        effect(
            "support.first_reply@smot",
            "break",
            -0.74,
            0.24,
            level="bad",
            reference="neutral",
            n=211,
            n_reference=388,
            mean=3.1,
            mean_reference=3.9,
        ),
        effect(
            "support.first_reply@smot",
            "make",
            0.38,
            0.19,
            level="good",
            reference="neutral",
            n=213,
            n_reference=388,
            mean=4.4,
            mean_reference=3.9,
        ),
        effect(
            "basket.sellers",
            "presence",
            -1.2,
            0.36,
            level="true",
            reference="false",
            n=58,
            n_reference=3914,
            mean=2.82,
            mean_reference=4.16,
        ),
        effect(
            "returns.refund@smot",
            "break",
            -0.11,
            0.31,
            level="bad",
            reference="not met",
            n=41,
            n_reference=3742,
            mean=3.9,
            mean_reference=4.1,
        ),
        effect(
            "returns.refund@smot",
            "make",
            0.39,
            0.27,
            level="good",
            reference="not met",
            n=189,
            n_reference=3742,
            mean=4.5,
            mean_reference=4.1,
        ),
        effect(
            "site.search@zmot",
            "presence",
            0.04,
            0.16,
            level="met",
            reference="not met",
            n=1530,
            n_reference=2442,
            mean=4.11,
            mean_reference=4.08,
            q_value=0.7,
        ),
        effect(
            "mail.welcome@smot",
            "presence",
            0.01,
            0.06,
            level="met",
            reference="not met",
            n=2900,
            n_reference=1072,
            mean=4.1,
            mean_reference=4.09,
            q_value=0.8,
        ),
        effect(
            "basket.price",
            "level",
            -0.02,
            0.05,
            level="over 100",
            reference="up to 100",
            n=1800,
            n_reference=2172,
            mean=4.07,
            mean_reference=4.1,
            q_value=0.7,
        ),
        effect(
            "reviews.read@zmot",
            "presence",
            0.12,
            0.21,
            level="met",
            reference="not met",
            n=402,
            n_reference=3570,
            mean=4.2,
            mean_reference=4.08,
            q_value=0.5,
        ),
        effect(
            "social.post@umot",
            "presence",
            -0.31,
            0.52,
            level="met",
            reference="not met",
            n=77,
            n_reference=3895,
            mean=3.8,
            mean_reference=4.1,
            q_value=0.5,
        ),
    ]
    return document(
        [question()],
        findings,
        effects,
        refused=(
            Refused(
                question="opinion",
                source="[[subjects]] 1",
                column="days_to_arrival",
                rule="dated_after_outcome",
                measure=0.78,
                reason="78 % of its dates come after the opinion was given",
            ),
        ),
        unanswerable=(
            Unanswerable(question="repurchase", rule="no_repeat", reason="2 of 3 970 people bought a second time; 30 are needed"),
        ),
    )


def survey() -> Document:
    """An airport survey: ratings by level only (none is called bad or good), drivers as tied groups, evidence C."""
    asked = question(
        id="overall",
        outcome="overall",
        unit="points",
        design="survey",
        evidence="C",
        smallest_effect=0.05,
        units=9311,
        people=9311,
        mean=4.01,
        estimand="The difference in the overall rating between respondents who rated a service low or high and those who rated it 3, everything else rated alike.",
        **{"from": "2013-05-01", "to": "2015-06-30"},
    )
    shapes = [
        ("terminal.cleanliness", 1, 1, -0.42, 0.31),
        ("terminal.restaurants", 2, 1, -0.39, 0.28),
        ("gate.seating", 3, 1, -0.36, 0.27),
        ("security.wait", 4, 2, -0.21, 0.16),
        ("signs.inside", 5, 2, -0.19, 0.14),
        ("wifi.free", 6, None, -0.12, 0.09),
    ]
    findings, effects = [], []
    for name, rank, tied, low, high in shapes:
        findings.append(
            finding(
                name,
                question="overall",
                stage="smot",
                channel="in_person",
                verdict="association",
                label="make or break",
                evidence="C",
                rank=rank,
                tied=tied,
                q_value=0.004,
                reach=Reach(people=7200 - 90 * rank, share=0.75, per_month=None),
                held=("the other 13 ratings",),
            )
        )
        for level, size in (("1-2", low), ("4", high * 0.6), ("5", high)):
            effects.append(
                effect(
                    f"{name}@smot",
                    "level",
                    size,
                    0.07,
                    question="overall",
                    level=level,
                    reference="3",
                    n=800,
                    n_reference=2100,
                    mean=4 + size,
                    mean_reference=4.0,
                )
            )
    findings.append(
        finding(
            "art.exhibitions",
            question="overall",
            verdict="too small to matter",
            evidence="C",
            detectable_effect=0.03,
            held=("the other 13 ratings",),
        )
    )
    effects += [
        effect("art.exhibitions@smot", "level", s, 0.03, question="overall", level=level, reference="3", n=900, n_reference=2500)
        for level, s in (("1-2", -0.01), ("5", 0.01))
    ]
    findings.append(finding("rail.airtrain", question="overall", verdict="no evidence", evidence="C", detectable_effect=0.11))
    effects.append(effect("rail.airtrain@smot", "level", 0.05, 0.09, question="overall", level="5", reference="3", n=400, n_reference=700))
    sentinel = Check(name="sentinels", status="pass", value=0.0, limit=0.0, message="0 is read as blank, 6 as never used, as declared")
    return document([msgspec.structs.replace(asked, checks=(sentinel,))], findings, effects, project="Airport survey")


def experiment() -> Document:
    """A mail test with two arms, three outcomes (a share, money, a rare share), segments; one outcome with unequal groups."""
    imbalance = Check(
        name="sample_ratio",
        status="fail",
        value=0.009,
        limit=0.01,
        message="21 306, 21 307 and 21 387 people where equal thirds were planned (p = .009)",
        fix="Find out who was left out of an arm before reading the effects",
    )
    common: dict[str, Any] = {
        "design": "experiment",
        "evidence": "A",
        "within_days": 14.0,
        "units": 64000,
        "people": 64000,
        "from": None,
        "to": None,
    }
    estimand = "The mean difference between people assigned to a mail and people assigned to none, adjusted for what was known before."
    questions = [
        question(id="visit", outcome="visit", unit="share", smallest_effect=0.005, mean=0.147, estimand=estimand, **common),
        question(
            id="spend", outcome="spend", unit="USD", smallest_effect=None, mean=1.05, estimand=estimand, checks=(imbalance,), **common
        ),
    ]
    arms = {
        "visit": {"email.mens": (0.0766, 0.0066), "email.womens": (0.0452, 0.0063)},
        "spend": {"email.mens": (0.77, 0.285), "email.womens": (0.424, 0.255)},
    }
    findings, effects = [], []
    for name, sizes in arms.items():
        for rank, (arm, (size, half)) in enumerate(sizes.items(), start=1):
            findings.append(
                finding(
                    arm,
                    question=name,
                    stage="stimulus",
                    kind="arm",
                    channel="email",
                    verdict="moment",
                    label="presence",
                    evidence="A",
                    rank=rank,
                    q_value=0.0001,
                    reach=Reach(people=21307, share=0.333, per_month=None),
                    held=("recency", "history", "newbie"),
                    detectable_effect=half * 0.6,
                    checks=(
                        Check(
                            name="balance",
                            status="pass",
                            value=0.7,
                            limit=0.01,
                            message="What was known before is alike in the arms (p = .70)",
                        ),
                    ),
                )
            )
            base = {"question": name, "reference": "No E-Mail", "n": 21307, "n_reference": 21306}
            means = (0.1062, 0.1062 + size) if name == "visit" else (0.653, 0.653 + size)
            effects.append(effect(f"{arm}@stimulus", "arm", size, half, mean=means[1], mean_reference=means[0], **base))
            for segment, factor in (("womens = 0", 0.7), ("womens = 1", 1.3)):
                effects.append(
                    effect(
                        f"{arm}@stimulus", "arm", size * factor, half * 1.4, segment=segment, mean=means[1], mean_reference=means[0], **base
                    )
                )
    return document(questions, findings, effects, project="Mail test")


def snapshot() -> Document:
    """Churn in a snapshot: lower is better, leaks refused, duplicates, evidence C."""
    asked = question(
        id="churn",
        outcome="churn",
        unit="share",
        better="lower",
        design="snapshot",
        evidence="C",
        smallest_effect=0.02,
        units=7043,
        people=7043,
        mean=0.265,
        checks=(
            Check(
                name="duplicates",
                status="review",
                value=0.01,
                limit=0.0,
                message="22 rows are exact copies of another and count once",
                fix="Give the rows an id",
            ),
        ),
        estimand="The difference in the share who left between people in one state and those in the reference state, everything else alike.",
        **{"from": None, "to": None},
    )
    findings = [
        finding(
            "support.tech",
            question="churn",
            stage="smot",
            verdict="association",
            label="presence",
            evidence="C",
            rank=1,
            q_value=0.001,
            reach=Reach(people=2044, share=0.29, per_month=None),
        ),
        finding(
            "contract.length",
            question="churn",
            stage=None,
            kind="condition",
            verdict="association",
            label="threshold",
            evidence="C",
            rank=2,
            q_value=0.001,
            reach=Reach(people=3875, share=0.55, per_month=None),
        ),
        finding(
            "billing.paperless",
            question="churn",
            stage=None,
            kind="condition",
            verdict="no evidence",
            evidence="C",
            detectable_effect=0.019,
        ),
        finding("phone.service", question="churn", verdict="not identifiable", evidence="C", detectable_effect=None, checks=(INSEPARABLE,)),
    ]
    base = {"question": "churn", "n": 2044, "n_reference": 4999}
    effects = [
        effect("support.tech@smot", "presence", -0.071, 0.024, level="yes", reference="no", mean=0.15, mean_reference=0.31, **base),
        effect(
            "contract.length", "level", -0.142, 0.027, level="one year", reference="month to month", mean=0.11, mean_reference=0.43, **base
        ),
        effect(
            "contract.length", "level", -0.189, 0.031, level="two years", reference="month to month", mean=0.03, mean_reference=0.43, **base
        ),
        effect("billing.paperless", "presence", 0.015, 0.021, level="yes", reference="no", mean=0.33, mean_reference=0.16, **base),
    ]
    refused = tuple(
        Refused(question="churn", source="[[snapshots]] 1", column=name, rule=rule, measure=measure, reason=reason)
        for name, rule, measure, reason in [
            ("churn_score", "separates_outcome", 0.94, "On its own it tells who left with an area under the curve of .94"),
            ("satisfaction_score", "separates_outcome", 0.99, "Everybody with 1 or 2 left, nobody with 4 or 5"),
            ("churn_category", "filled_after_outcome", 1.0, "Filled for 1 869 people, all of whom left"),
            ("churn_reason", "filled_after_outcome", 1.0, "Filled for 1 869 people, all of whom left"),
        ]
    )
    return document([asked], findings, effects, refused=refused, project="Telco")


def incidents() -> Document:
    """Levels 0, 1, 2, 3, 4+: a threshold on a share, evidence lowered to C by time order."""
    order = Check(
        name="time_order",
        status="review",
        value=None,
        limit=None,
        message="When the promise broke is not recorded, only when the ticket was resolved",
        fix="Record when the promised time ran out",
    )
    asked = question(
        id="sla",
        outcome="sla",
        unit="share",
        evidence="B",
        units=24918,
        people=7800,
        mean=0.634,
        smallest_effect=0.02,
        **{"from": "2016-02-29", "to": "2017-02-16"},
    )
    findings = [
        finding(
            "support.reassignment",
            question="sla",
            channel="phone",
            verdict="association",
            label="threshold",
            evidence="C",
            rank=1,
            q_value=0.0001,
            reach=Reach(people=4312, share=0.553, per_month=366.0),
            at_stake=AtStake(estimate=-402.0, low=-431.0, high=-373.0, unit="share a month"),
            checks=(*PASSED, order),
        ),
        finding(
            "support.question_back",
            question="sla",
            channel="phone",
            verdict="association",
            label="presence",
            evidence="C",
            rank=2,
            q_value=0.0001,
            reach=Reach(people=3110, share=0.399, per_month=264.0),
            checks=(order,),
        ),
    ]
    base = {"question": "sla", "reference": "0", "n_reference": 12803, "mean_reference": 0.784}
    effects = [
        effect("support.reassignment@smot", "level", size, half, level=level, n=n, mean=mean, **base)
        for level, size, half, n, mean in [
            ("1", -0.153, 0.016, 6001, 0.571),
            ("2", -0.291, 0.021, 3010, 0.399),
            ("3", -0.342, 0.028, 1480, 0.329),
            ("4+", -0.443, 0.03, 1624, 0.19),
        ]
    ]
    effects.append(
        effect(
            "support.question_back@smot",
            "presence",
            -0.31,
            0.018,
            question="sla",
            level="met",
            reference="not met",
            n=5400,
            n_reference=19518,
            mean=0.293,
            mean_reference=0.73,
        )
    )
    return document([asked], findings, effects, project="Incidents")


def untold() -> Document:
    """Nothing is identifiable."""
    findings = [
        finding(
            f"touch.{name}",
            verdict="not identifiable",
            checks=(UNSUPPORTED,),
            detectable_effect=None,
            reach=Reach(people=11, share=0.003, per_month=0.5),
        )
        for name in "abc"
    ]
    return document([question(units=120, people=118)], findings, [])


def quiet() -> Document:
    """Everything was tested, nothing found."""
    findings = [finding(f"touch.{i:02d}", verdict="no evidence") for i in range(12)]
    effects = [
        effect(f"touch.{i:02d}@smot", "presence", 0.02 * (-1) ** i, 0.15 + 0.01 * i, level="met", reference="not met", q_value=0.8)
        for i in range(12)
    ]
    return document([question()], findings, effects)


def breaks(count: int = 12) -> Document:
    """Every touchpoint breaks."""
    findings = [finding(f"touch.{i:03d}", verdict="likely", label="breaks", rank=i + 1, q_value=0.01) for i in range(count)]
    effects = [
        effect(f"touch.{i:03d}@smot", "break", -0.4 - 2.0 * (count - i) / count, 0.15, level="bad", reference="neutral")
        for i in range(count)
    ]
    return document([question()], findings, effects)


THAI = "การจัดส่งสินค้าถึงมือลูกค้าในครั้งนี้เป็นไปตามที่ได้สัญญาไว้หรือไม่"


def shop(count: int = 25, *, decisive: int | None = None, thai: bool = False) -> Document:
    """A journey of `count` touchpoints over all stages, two fifths of them decisive or as many as said; `thai`: each with a long name."""
    stages = ["stimulus", "zmot", "zmot", "fmot", "smot", "smot", "smot", "umot"]
    names = ["ad", "review", "search", "checkout", "parcel", "support", "refund", "referral"]
    findings, effects = [], []
    decisive = max(1, count * 2 // 5) if decisive is None else decisive
    for i in range(count):
        stage = stages[i % 8]
        name = f"{THAI if thai else names[i % 8]}.{'abcdefghijklmnopqrstuvwxyz'[i // 8]}{i % 8 if thai else ''}"
        found = i < decisive
        label = ("breaks", "make or break", "makes")[i % 3] if found else None
        size = 12.0 / (1 + 0.2 * i)
        findings.append(
            finding(
                name,
                question="repurchase",
                stage=stage,
                channel=("web", "email", "courier", "phone")[i % 4],
                verdict=("moment", "likely")[i % 4 == 3] if found else "no evidence",
                label=label,
                rank=i + 1 if found else None,
                q_value=0.01 if found else 0.6,
                reach=Reach(people=18400 - 600 * (i % 25), share=0.3, per_month=1500.0),
                detectable_effect=0.02,
                at_stake=AtStake(estimate=-900.0 / (i + 1), low=-1100.0 / (i + 1), high=-700.0 / (i + 1), unit="people a month")
                if found
                else None,
            )
        )
        for contrast, sign, on in (("break", -1, i % 3 != 2), ("make", 1, i % 3 != 0)):
            value = sign * (size if on and found else 0.6) / 100
            effects.append(
                effect(
                    f"{name}@{stage}",
                    contrast,
                    value,
                    0.011 + 0.0006 * (i % 25),
                    question="repurchase",
                    level="bad" if sign < 0 else "good",
                    reference="neutral",
                    n=2100 + 10 * i,
                    n_reference=6000,
                    mean=0.31 + value,
                    mean_reference=0.31,
                )
            )
    asked = question(
        id="repurchase",
        outcome="repurchase",
        unit="share",
        design="episode",
        smallest_effect=0.01,
        units=61240,
        people=61240,
        within_days=90.0,
        mean=0.31,
        estimand="The difference in the share who buy again within 90 days among those who met the moment, had it gone the other way.",
    )
    return document([asked], findings, effects, project="Lumen Home")


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202eevil\u202c.txt",
    "\u0645\u0631\u062d\u0628\u0627.\u0634\u062d\u0646",
    "\U0001f4e6.\U0001f69a",
    "\u0e01\u0e32\u0e23\u0e08\u0e31\u0e14\u0e2a\u0e48\u0e07\u0e04\u0e23\u0e31\u0e49\u0e07\u0e19\u0e35\u0e49",
    "x" * 10_000,
    "\x1b[31mred\x1b[0m",
    "{{ 7 * 7 }}",
    "</style><style>*{display:none}",
)


def hostile() -> Document:
    """Names that try to run, to turn the line around, to fill the page."""
    findings = [
        finding(name, verdict=("likely", "no evidence")[i % 2], label=("breaks", None)[i % 2], rank=i // 2 + 1 if i % 2 == 0 else None)
        for i, name in enumerate(HOSTILE)
    ]
    effects = [effect(f"{name}@smot", "bad-good", -1.0 - 0.1 * i, 0.2, level=name, reference=name) for i, name in enumerate(HOSTILE)]
    refused = tuple(
        Refused(question="opinion", source=name, column=name, rule="separates_outcome", measure=1.0, reason=name) for name in HOSTILE[:3]
    )
    unanswerable = tuple(Unanswerable(question=name, rule="no_repeat", reason=name) for name in HOSTILE[:3])
    return document([question(estimand=HOSTILE[0])], findings, effects, project=HOSTILE[0], refused=refused, unanswerable=unanswerable)


def several() -> Document:
    """One run over several outcomes: opinion and repurchase."""
    one, two = episode(), shop()
    return document(
        [*one.questions, *two.questions],
        [*one.findings, *two.findings],
        [*one.effects, *two.effects],
        refused=one.refused,
        unanswerable=one.unanswerable,
    )


def closed() -> Document:
    """No question could be answered."""
    return document(
        [],
        [],
        [],
        unanswerable=(
            Unanswerable(question="repurchase", rule="no_repeat", reason="2 of 3 970 people bought a second time; 30 are needed"),
        ),
    )


ALL = {
    "episode": episode,
    "survey": survey,
    "experiment": experiment,
    "snapshot": snapshot,
    "incidents": incidents,
    "untold": untold,
    "quiet": quiet,
    "breaks": breaks,
    "shop": shop,
    "hostile": hostile,
    "several": several,
    "closed": closed,
}
