-- After which activities units are gone. Grain: one row per activity. units did it for the first time at least $quiet days before the records end; returned
-- of them have an interaction on a later day, the same activity included: after the last time of anything nobody returns, by construction.
WITH first_time AS (
  SELECT j.activity_id, $unit AS unit, min(j.day) AS first_day
  FROM journeys j JOIN people p ON p.person_id = j.person_id
  WHERE NOT p.is_employee AND $unit IS NOT NULL
  GROUP BY j.activity_id, $unit
), seen AS (
  SELECT $unit AS unit, max(j.day) AS seen_day
  FROM journeys j JOIN people p ON p.person_id = j.person_id
  WHERE NOT p.is_employee AND $unit IS NOT NULL
  GROUP BY $unit
)
SELECT f.activity_id, count(*) AS units, sum(CASE WHEN s.seen_day > f.first_day THEN 1 ELSE 0 END) AS returned
FROM first_time f JOIN seen s ON s.unit = f.unit
WHERE f.first_day <= $last - $quiet
GROUP BY f.activity_id
