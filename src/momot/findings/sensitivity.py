"""What a hidden cause would have to explain, in plain words (Cinelli & Hazlett 2020)."""

from __future__ import annotations

from momot.effects.estimates import ContrastEstimate
from momot.findings.verdict import FOUND, Tested
from momot.stats.sensitivity import Strength, as_strong, bias, robustness_value
from momot.vocabulary import Verdict
from momot.vocabulary.records import Check


def sturdiest(tested: Tested) -> ContrastEstimate | None:
    """Of the contrasts that the verdict rests on, the one that takes the strongest hidden cause to explain away: one is enough."""
    told = [contrast for contrast in tested.decisive_contrasts if contrast.robustness is not None]
    return max(told, key=lambda contrast: contrast.robustness.value if contrast.robustness else 0.0, default=None)


def value(tested: Tested) -> float | None:
    """The robustness value of a finding, 0-1; None where it was randomised or nothing was told."""
    found = sturdiest(tested)
    return None if found is None or found.robustness is None else found.robustness.value


def check(tested: Tested, verdict: Verdict) -> tuple[Check, ...]:
    """Would a hidden cause as strong as all recorded activity (else: as all that is held) explain it away? Asked of what was found."""
    found = sturdiest(tested)
    if verdict not in FOUND or tested.exposure.evidence != "B" or found is None or found.robustness is None:
        return ()
    robust = found.robustness
    message = (
        f"A hidden cause that explains {_share(robust.value)} of who meets it and of the outcome, beyond all that is held, would undo it "
        f"({found.level or found.contrast} against {found.reference}); {_share(robust.value_of_interval)} would bring the interval to 0."
    )
    benchmark, named = (robust.activity, "all recorded activity") if robust.activity else (robust.everything, "everything held")
    if benchmark is None:
        message += " Nothing is held that would say how strong causes are."
        return (Check(name="sensitivity", status="review", value=robust.value, message=message, fix=FIX),)
    message += f" For comparison, {named} explains {_share(benchmark.exposure)} and {_share(benchmark.outcome)}."
    bound = robust.bound(1.0, of=benchmark, least=0.0)
    if bound is not None and bound.outside():
        return (Check(name="sensitivity", status="pass", value=robust.value, limit=_limit(benchmark), message=message),)
    return (Check(name="sensitivity", status="review", value=robust.value, limit=_limit(benchmark), message=message, fix=FIX),)


FIX = "Record what could drive both, or randomise who meets it."


def _limit(benchmark: Strength) -> float | None:
    """The benchmark on the scale of robustness values: the equal shares of both that would move the estimate as far."""
    strength = as_strong(benchmark, 1.0)
    return None if strength is None else robustness_value(bias(1.0, strength))


def _share(share: float) -> str:
    """`14 %`, `0.3 %`."""
    return f"{share:.0%}" if share >= 0.0995 or share == 0 else f"{share:.1%}"
