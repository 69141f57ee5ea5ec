-- Whose journeys the facts are told from: everybody but employees, each while under observation. Grain: one row a person. Times are micros UTC.
SELECT person_id, coalesce(observed_from, $first) AS from_at, least(coalesce(observed_to - 1, $last), $last) AS to_at,
       acquisition_cost_minor AS cost
FROM $people
WHERE NOT is_employee
