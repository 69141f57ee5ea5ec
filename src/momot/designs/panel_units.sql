-- Who is followed. Grain: one row per unit (person or account) with an interaction; employees are left out. first, last and known are periods of $step
-- local days: a unit is at risk from first to last, and its outcomes are known up to known. interactions counts rows, members persons. bucket is that of
-- the first person; units of one account are in that of the first of them, so that they are left out together. account_id is NULL where none is known.
WITH followed AS (
  SELECT $unit AS unit, min(p.person_id) AS person_id, coalesce(min(p.account_id), min(j.account_id)) AS account_id, min(j.day) AS first_day,
         min($observed_from) AS observed_from, max($observed_to) AS observed_to, count(*) AS interactions, $members AS members$segments
  FROM journeys j JOIN people p ON p.person_id = j.person_id $segment_joins
  WHERE NOT p.is_employee AND $unit IS NOT NULL
  GROUP BY $unit
), known AS (
  SELECT f.*, p.bucket AS own_bucket, greatest(f.first_day, $since, coalesce(f.observed_from, f.first_day)) AS from_day,
         least($until, coalesce(f.observed_to, $until)) AS until_day$attributes
  FROM followed f JOIN people p ON p.person_id = f.person_id $attribute_joins
), together AS (
  SELECT account_id, arg_min(own_bucket, unit) AS bucket FROM known WHERE account_id IS NOT NULL GROUP BY account_id
)
SELECT k.unit, coalesce(t.bucket, k.own_bucket) AS bucket, CAST(floor(k.from_day / $step) AS BIGINT) AS first,
       CAST(floor(least(k.until_day, coalesce(g.day, 1000000000) - 1) / $step) AS BIGINT) AS last, CAST(floor(k.until_day / $step) AS BIGINT) AS known,
       k.interactions, k.members$columns
FROM known k LEFT JOIN together t ON t.account_id = k.account_id LEFT JOIN ($gone) g ON g.unit = k.unit
