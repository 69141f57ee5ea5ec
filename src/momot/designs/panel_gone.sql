-- When units went. Grain: one row per unit that did one of the activities after which units are gone; day is the last local day they did.
SELECT $unit AS unit, max(j.day) AS day
FROM journeys j JOIN people p ON p.person_id = j.person_id
WHERE NOT p.is_employee AND j.activity_id IN ($activities) AND $unit IS NOT NULL
GROUP BY $unit
