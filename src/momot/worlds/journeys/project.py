"""The `momot.toml` of a simulated company."""

from __future__ import annotations

from datetime import timedelta

from momot.worlds.journeys.plan import BANDS, Plan
from momot.worlds.journeys.records import FIRST_DAY

OUTCOMES = {
    "purchase": 'activity = "order_placed"\nsmallest_effect = 0.005',
    "repurchase": 'activity = "order_placed"\neligible = "order_placed"\nsmallest_effect = 0.005',
    "advocacy": 'activity = "review_written"\nquality = "good"\nsmallest_effect = 0.002',
    "churn": 'activity = "cancelled"\nbetter = "lower"\nsmallest_effect = 0.005',
    "spend": 'activity = "order_placed"\nvalue = true\nunit = "EUR"\nsmallest_effect = 0.5',
    "renewal": 'activity = "renewed"\nsmallest_effect = 0.005',
}
OPINIONS = {"stars": 'opinion = "stars"\nunit = "stars"\nsmallest_effect = 0.05', "nps": 'opinion = "nps"\nsmallest_effect = 0.125'}


def project_file(plan: Plan) -> str:
    """The project file as text."""
    last = FIRST_DAY + timedelta(days=plan.days - 1)
    bands = ", ".join(f'"{band}"' for band in range(BANDS))
    account = 'account = "account_id"\n' if plan.members > 1 else ""
    district = 'district = "district", ' if plan.accidents else ""
    blocks = [
        f"# A simulated company with known truth (truth.json); momot.worlds made it, nobody real is in it. hidden.parquet is not mapped.\n"
        f'name = "World {plan.world}"\ntimezone = "Europe/Tallinn"\ncurrency = "EUR"',
        f'[observation]\nfrom = {FIRST_DAY:%Y-%m-%d}\nto = {last:%Y-%m-%d}\nstart = "joined_on"',
        f'[people]\nfrom = "people.parquet"\nperson = "person_id"\n{account}'
        f'segments = {{region = "region", {district}affinity = "affinity", age = "age"}}',
        '[[interactions]]\nfrom = "touches.parquet"\nperson = "person_id"\nat = "at"\nactivity = {sql = "activity"}\n'
        'touchpoint = {sql = "touchpoint"}\nchannel = {sql = "channel"}\nquality = {sql = "quality"}',
        "[[interactions]]                                       # how active the company thinks somebody is, written the evening before\n"
        'from = "scores.parquet"\nperson = "person_id"\nat = "at"\nactivity = "score_updated"\ntouchpoint = "crm.score"\n'
        f'channel = "other"\nlevel = "band"\nlevels = [{bands}]',
    ]
    if plan.subscription:
        blocks.append(
            '[[interactions]]\nfrom = "contracts.parquet"\nperson = "person_id"\nat = "at"\nactivity = {sql = "what"}\n'
            'touchpoint = "contract.renewal"\nchannel = "other"'
        )
    else:
        blocks.append(
            '[[interactions]]\nfrom = "orders.parquet"\nperson = "person_id"\nat = "at"\nactivity = "order_placed"\n'
            'touchpoint = "checkout.order"\nchannel = "web"\nvalue = "value"'
        )
    if "advocacy" in plan.outcomes:
        blocks.append(
            '[[interactions]]\nfrom = "reviews.parquet"\nperson = "person_id"\nat = "at"\nactivity = "review_written"\n'
            'touchpoint = "reviews.written"\nchannel = "review_site"\nquality = {sql = "verdict"}'
        )
    if "opinion" in plan.outcomes:
        blocks.append(
            '[[opinions]]\nfrom = "surveys.parquet"\nperson = "person_id"\nat = "at"\nasked = "asked"\n'
            f'instrument = "{plan.instrument}"\nvalue = "{plan.instrument}"\nscale = [{plan.scale[0]}, {plan.scale[1]}]'
        )
    seen: dict[str, str] = {moment.touchpoint: moment.stage for moment in plan.moments}
    blocks += [f'[[stages]]\ntouchpoint = "{touchpoint}"\nstage = "{stage}"' for touchpoint, stage in seen.items()]
    if plan.accidents:
        struck = ", ".join(f'"{plan.moments[accident.moment].touchpoint}" = "district"' for accident in plan.accidents)
        blocks.append(f"[accidents]\ntouchpoints = {{{struck}}}")
    if plan.controls:
        declared = ", ".join(f'"{name}"' for name in plan.controls)
        blocks.append(f"[controls]\ntouchpoints = [{declared}]")
    outcomes = OUTCOMES | {"opinion": OPINIONS[plan.instrument]}
    blocks += [f'[outcomes.{name}]\n{outcomes[name]}\nper = "{plan.unit}"\nwithin = "{plan.within_days} days"' for name in plan.outcomes]
    return "\n\n".join(blocks) + "\n"
