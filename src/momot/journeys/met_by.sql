-- Who did something, and how often. Grain: one row a person.
SELECT j.person_id, count(*) AS times
FROM $journeys j
$watched
WHERE $which
GROUP BY j.person_id
