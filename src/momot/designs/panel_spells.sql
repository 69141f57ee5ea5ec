-- How often a unit meets a moment again within one horizon. Grain: one row per moment and quality (9 none recorded, 10 whichever): different days of
-- units, and different stretches of $horizon days of units in which it was met. One unit in $every.
WITH met AS (
  SELECT DISTINCT j.moment_id, coalesce(j.quality, 9) AS quality, $unit AS unit, j.day
  FROM journeys j JOIN people p ON p.person_id = j.person_id
  WHERE NOT p.is_employee AND $unit % $every = 0 AND $chosen
), either AS (
  SELECT moment_id, quality, unit, day FROM met
  UNION ALL SELECT DISTINCT moment_id, 10 AS quality, unit, day FROM met
), stretches AS (
  SELECT moment_id, quality, unit, floor(day / $horizon) AS stretch, count(*) AS days FROM either GROUP BY moment_id, quality, unit, floor(day / $horizon)
)
SELECT moment_id, quality, sum(days) AS days, count(*) AS stretches FROM stretches GROUP BY moment_id, quality ORDER BY moment_id, quality
