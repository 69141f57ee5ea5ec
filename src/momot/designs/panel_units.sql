-- Who is followed. Grain: one row per unit (person or account) with an interaction; employees are left out. first_day, last_day,
-- observed_from, observed_to are local days, the latter NULL where not declared; interactions counts rows, members persons. bucket is
-- that of the first person; account_id is the account that a person belongs to, NULL where none is known.
SELECT u.*, f.bucket
FROM (
  SELECT $unit AS unit, min(p.person_id) AS person_id, coalesce(min(p.account_id), min(j.account_id)) AS account_id, min(j.day) AS first_day,
         max(j.day) AS last_day, min($observed_from) AS observed_from, max($observed_to) AS observed_to, count(*) AS interactions,
         $members AS members
  FROM journeys j JOIN people p ON p.person_id = j.person_id
  WHERE NOT p.is_employee AND $unit IS NOT NULL
  GROUP BY $unit
) u JOIN people f ON f.person_id = u.person_id
ORDER BY u.unit
