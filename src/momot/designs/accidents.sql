-- How alike the touches of each touchpoint struck the people of a segment's values. Grain: one row per touchpoint. cells are values on days; struck is of
-- touches (people on days) in cells where at least $most of the people of the value were reached; possible is values times days with such a cell.
WITH known AS (SELECT person_id, $segment AS value FROM people WHERE NOT is_employee AND $segment IS NOT NULL),
sizes AS (SELECT value, count(*) AS people FROM known GROUP BY value HAVING count(*) >= $least),
cells AS (
  SELECT j.touchpoint_id, k.value, j.day, count(DISTINCT j.person_id) AS met
  FROM journeys j JOIN known k ON k.person_id = j.person_id GROUP BY j.touchpoint_id, k.value, j.day
)
SELECT t.touchpoint, sum(c.met) AS touches, sum(CASE WHEN c.met >= $most * s.people THEN c.met ELSE 0 END) AS struck,
  sum(CASE WHEN c.met >= $most * s.people THEN 1 ELSE 0 END) AS cells,
  count(DISTINCT CASE WHEN c.met >= $most * s.people THEN c.day END) * (SELECT count(*) FROM sizes) AS possible
FROM cells c JOIN sizes s ON s.value = c.value JOIN touchpoints t ON t.touchpoint_id = c.touchpoint_id
GROUP BY t.touchpoint ORDER BY t.touchpoint
