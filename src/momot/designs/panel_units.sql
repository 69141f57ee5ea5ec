-- Who is followed. Grain: one row per unit (person or account) with an interaction; employees are left out. first_day, last_day,
-- observed_from, observed_to are local days, the latter NULL where not declared; interactions counts rows.
SELECT $unit AS unit, min(p.person_id) AS person_id, min(p.bucket) AS bucket, min(j.day) AS first_day, max(j.day) AS last_day,
       min($observed_from) AS observed_from, max($observed_to) AS observed_to, count(*) AS interactions
FROM journeys j JOIN people p ON p.person_id = j.person_id
WHERE NOT p.is_employee AND $unit IS NOT NULL
GROUP BY $unit
ORDER BY unit
