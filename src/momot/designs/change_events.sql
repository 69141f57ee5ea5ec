-- When the outcome happened to each person (or account), and what it was worth. Grain: one row per interaction of the activity, or per opinion of
-- the instrument. Microseconds UTC; value is money in minor units, or the answer. Only of those who are
-- drawn.
SELECT CASE WHEN $by_account THEN i.account_id ELSE i.person_id END AS who, i.happened_at AS happened_at, CAST(i.value_minor AS DOUBLE) AS value
FROM interactions i
WHERE i.activity_id = $activity AND NOT i.duplicate AND ($quality IS NULL OR i.quality = $quality)
  AND CASE WHEN $by_account THEN i.account_id ELSE i.person_id END IS NOT NULL
  AND $interaction_drawn
UNION ALL
SELECT CASE WHEN $by_account THEN p.account_id ELSE o.person_id END AS who, o.given_at AS happened_at, o.value
FROM opinions o JOIN people p ON p.person_id = o.person_id
WHERE o.instrument = $instrument AND o.value IS NOT NULL AND CASE WHEN $by_account THEN p.account_id ELSE o.person_id END IS NOT NULL
  AND $opinion_drawn
ORDER BY who, happened_at, value
