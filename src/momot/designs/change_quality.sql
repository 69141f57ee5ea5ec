-- How a touchpoint went before and from the date of a change on. Grain: one row per person and side. Only touches with a quality, of people who
-- are known and no employees. Microseconds UTC. Only persons who are drawn.
SELECT i.person_id, CASE WHEN i.happened_at >= $changed_at THEN 1 ELSE 0 END AS after, count(*) AS happened,
       sum(CASE WHEN i.quality = -1 THEN 1 ELSE 0 END) AS bad, sum(CASE WHEN i.quality = 1 THEN 1 ELSE 0 END) AS good
FROM interactions i JOIN people p ON p.person_id = i.person_id
WHERE i.touchpoint_id = $touchpoint AND i.quality IS NOT NULL AND NOT i.duplicate AND NOT p.is_employee
  AND i.happened_at >= $first_at AND i.happened_at < $until AND $drawn
GROUP BY i.person_id, CASE WHEN i.happened_at >= $changed_at THEN 1 ELSE 0 END
ORDER BY i.person_id, after
