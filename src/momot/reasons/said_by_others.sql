-- How many texts were said by others than employees. Grain: one row.
SELECT count(*) AS said FROM said s LEFT JOIN people p ON p.person_id = s.person_id WHERE NOT coalesce(p.is_employee, false) AND $inside
