-- What the facts need of each person of one part. Grain: one row a person under observation. before: strictly before the first purchase; after: strictly
-- after it. Times are micros UTC, bought_on is a local day; stages has the bit 2^n for stage n; fine counts times that are no whole minute. Nothing here
-- depends on when the records of all end: whoever was not touched since may be taken over.
SELECT j.person_id, f.bought_1, f.bought_2, f.bought_3, f.bought_4, f.bought_5, f.bought_on, f.purchases, count(*) AS interactions,
       min(j.happened_at) AS first_at, count(CASE WHEN j.happened_at % 60000000 <> 0 THEN 1 END) AS fine, count(j.value_minor) AS valued,
       bit_or(CASE j.stage $bits ELSE 0 END) AS stages,
       count(CASE WHEN j.happened_at < f.bought_1 THEN 1 END) AS steps_before,
       count(CASE WHEN j.happened_at < f.bought_1 AND j.happened_at < f.known_at THEN 1 END) AS steps_unknown,
       count(CASE WHEN j.happened_at < f.bought_1 AND j.stage = $zmot THEN 1 END) AS research_before,
       count(DISTINCT CASE WHEN j.happened_at < f.bought_1 AND j.stage = $zmot THEN j.touchpoint_id END) AS sources_before,
       count(CASE WHEN j.stage = $zmot THEN 1 END) AS research, count(CASE WHEN j.stage = $zmot AND k.review THEN 1 END) AS reviews,
       count(CASE WHEN j.happened_at > f.bought_1 AND j.stage = $umot THEN 1 END) AS spoken_after,
       count(CASE WHEN k.promises AND j.quality IS NOT NULL THEN 1 END) AS promises,
       count(CASE WHEN k.promises AND j.quality = 1 THEN 1 END) AS promises_kept
FROM $journeys j
JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at
JOIN fact_kinds k ON k.touchpoint_id = j.touchpoint_id AND k.activity_id = j.activity_id AND k.channel_id = coalesce(j.channel_id, -1)
JOIN first_times f ON f.person_id = j.person_id
GROUP BY j.person_id, f.bought_1, f.bought_2, f.bought_3, f.bought_4, f.bought_5, f.bought_on, f.purchases
