"""`why` of a finding: beside the effect, never in it."""

from __future__ import annotations

import msgspec

from momot.findings import Findings
from momot.findings.contract import Why, WhyReason
from momot.findings.why import with_why, without_quotes
from momot.reasons.explain import Explained
from momot.reasons.records import Mined, Phrase, Quote, Reason
from momot.report.why import why_parts
from tests.findings import documents


def _reason(phrase: str, quote: str) -> Reason:
    return Reason(
        kind="pain_point", rank=1, phrase=phrase, phrases=(Phrase(phrase=phrase, language="en", texts=60),), texts=60, people=58,
        share=0.29, share_low=0.23, share_high=0.36, share_other=0.02, share_other_low=0.01,
        share_other_high=0.03, log_odds=2.0, log_odds_low=1.0, log_odds_high=3.0, z=6.0, q_value=0.001, effect=-1.0,
        effect_low=-1.2, effect_high=-0.8, quotes=(Quote(text=quote, language="en", on="2024-01-01"),), trend=(), by={},
    )  # fmt: skip


def _explained(moment: str) -> Explained:
    def mined(*reasons: Reason) -> Mined:
        return Mined(kind="pain_point", reasons=reasons, texts=200, texts_other=900, people=200, duplicates=0, looked_at=99, note=None)

    bad = mined(_reason("arrived broken", "it arrived <b>broken</b> =1+1"), _reason("too late", "it arrived <b>broken</b> =1+1"))
    return Explained(
        momot="0", project="p", build="b", moment=moment, basis="how it went", unit="stars", texts=1100, badly=bad, well=mined(),
        suggestions=mined(), notes=(),
    )  # fmt: skip


def test_only_decisive_interactions_say_why_and_nothing_else_changes() -> None:
    before = Findings(documents.shop())
    after = with_why(before, _explained)
    told = [one for one in after.document.findings if one.why is not None]
    assert told
    assert all(one.verdict in ("moment", "likely", "association") and one.kind == "interaction" for one in told)
    bare = tuple(msgspec.structs.replace(one, why=None) for one in after.document.findings)
    assert bare == before.document.findings
    assert after.document.effects == before.document.effects


def test_a_silent_copy_keeps_reasons_and_no_word_that_was_said() -> None:
    findings = with_why(Findings(documents.shop()), _explained)
    silent = without_quotes(findings)
    assert "broken</b>" in findings.to_json()
    assert "broken</b>" not in silent.to_json()
    assert "arrived broken" in silent.to_json()


def test_a_part_of_a_card_quotes_each_sentence_once() -> None:
    why = Why(
        basis="what was said", texts_badly=200, texts_well=900, well=(),
        badly=tuple(
            WhyReason(reason=name, people=9, share=0.2, low=0.1, high=0.3, share_other=0.0, other_low=0.0, other_high=0.01,
                      quote="so it was", language="en")
            for name in ("a", "b")
        ),
    )  # fmt: skip
    (part,) = why_parts(why)
    assert [line.quote for line in part.lines] == ["so it was", ""]
    assert part.below == "Said more by those who spoke badly of it than by those who spoke well; 200 texts."
    assert why_parts(None) == ()


def test_quotes_stay_text_in_the_report() -> None:
    from momot.report import render

    page = render(with_why(Findings(documents.shop()), _explained))
    assert "it arrived &lt;b&gt;broken&lt;/b&gt;" in page
    assert "<b>broken" not in page
