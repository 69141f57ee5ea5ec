-- After which activities units are gone. Grain: one row per activity. units did it for the last time at least $quiet days before the records end; returned of
-- them have an interaction on a later day.
WITH last_time AS (
  SELECT j.activity_id, $unit AS unit, max(j.day) AS last_day
  FROM journeys j JOIN people p ON p.person_id = j.person_id
  WHERE NOT p.is_employee AND $unit IS NOT NULL
  GROUP BY j.activity_id, $unit
), seen AS (
  SELECT unit, max(last_day) AS seen_day FROM last_time GROUP BY unit
)
SELECT l.activity_id, count(*) AS units, sum(CASE WHEN s.seen_day > l.last_day THEN 1 ELSE 0 END) AS returned
FROM last_time l JOIN seen s ON s.unit = l.unit
WHERE l.last_day <= $last - $quiet
GROUP BY l.activity_id
