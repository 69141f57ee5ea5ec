-- When each person of one part was last met. Grain: one row a person, employees too. Micros UTC.
SELECT person_id, max(happened_at) AS last_at
FROM $journeys
GROUP BY person_id
