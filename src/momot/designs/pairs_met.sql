-- The most frequent pairs in order. Grain: one row per pair of different touchpoints that record how they went; pairs counts units whose first touch went
-- badly and who met the second one on a later day, at most $within days after.
WITH rated AS (
  SELECT DISTINCT touchpoint_id FROM journeys WHERE quality = -1
), bad AS (
  SELECT DISTINCT $unit AS unit, j.touchpoint_id, j.day
  FROM journeys j JOIN people p ON p.person_id = j.person_id
  WHERE NOT p.is_employee AND j.quality = -1
), touched AS (
  SELECT DISTINCT $unit AS unit, j.touchpoint_id, j.day
  FROM journeys j JOIN people p ON p.person_id = j.person_id JOIN rated r ON r.touchpoint_id = j.touchpoint_id
  WHERE NOT p.is_employee
)
SELECT a.touchpoint AS first, b.touchpoint AS then, count(DISTINCT f.unit) AS pairs
FROM bad f JOIN touched s ON s.unit = f.unit AND s.touchpoint_id <> f.touchpoint_id AND s.day > f.day AND s.day <= f.day + $within
JOIN touchpoints a ON a.touchpoint_id = f.touchpoint_id JOIN touchpoints b ON b.touchpoint_id = s.touchpoint_id
GROUP BY a.touchpoint, b.touchpoint
HAVING count(DISTINCT f.unit) >= $least
ORDER BY pairs DESC, a.touchpoint, b.touchpoint
LIMIT $most
