-- Which ways each moment went. Grain: one row per moment (or part of one), quality and level that happened. quality 9 and level -1 stand for none recorded.
SELECT $moment AS moment_id, coalesce(j.quality, 9) AS quality, coalesce(j.level, -1) AS level, count(*) AS happened
FROM journeys j JOIN people p ON p.person_id = j.person_id
WHERE NOT p.is_employee
GROUP BY $moment, coalesce(j.quality, 9), coalesce(j.level, -1)
ORDER BY $moment, coalesce(j.quality, 9), coalesce(j.level, -1)
