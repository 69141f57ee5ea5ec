-- The same as rows.sql with the place of each row among those of its unit: on Spark the rows of a table stand in no order. Grain: one interaction of a
-- unit under observation.
SELECT $unit AS unit, j.happened_at, j.moment_id, CASE WHEN j.activity_id = $activity THEN 0 ELSE 1 END AS touch,
       CASE WHEN $happens THEN 1 ELSE 0 END AS happens,
       row_number() OVER (PARTITION BY $unit ORDER BY j.happened_at, CASE WHEN $happens THEN 1 ELSE 0 END DESC, j.interaction_id) AS place
FROM $journeys j
$watched
$people
$eligible
WHERE $unit IS NOT NULL AND (j.activity_id <> $activity OR $happens)
