-- Who did an activity, and who did it again. Grain: one row. units did it; again did it on a later day than their first time; later did it after the day on
-- which they were first seen.
WITH done AS (
  SELECT $unit AS unit, min(j.day) AS first_day, max(j.day) AS last_day
  FROM journeys j JOIN people p ON p.person_id = j.person_id
  WHERE NOT p.is_employee AND j.activity_id = $activity AND ($quality IS NULL OR j.quality = $quality) AND $unit IS NOT NULL
  GROUP BY $unit
), seen AS (
  SELECT $unit AS unit, min(j.day) AS seen_day FROM journeys j JOIN people p ON p.person_id = j.person_id WHERE $unit IS NOT NULL GROUP BY $unit
)
SELECT count(*) AS units, coalesce(sum(CASE WHEN d.last_day > d.first_day THEN 1 ELSE 0 END), 0) AS again,
       coalesce(sum(CASE WHEN d.last_day > s.seen_day THEN 1 ELSE 0 END), 0) AS later
FROM done d JOIN seen s ON s.unit = d.unit
