-- What may be a touch or the happening asked for, in the order lived. Grain: one interaction of a unit (person or account) under observation.
-- Interactions of the happening's own activity are no touches. At one instant the happening stands first: a touch at that instant is not before it.
-- A happening is counted once an instant: the lines of a basket are one purchase. Times are micros UTC.
SELECT $unit AS unit, j.happened_at, j.moment_id, CASE WHEN j.activity_id = $activity THEN 0 ELSE 1 END AS touch,
       CASE WHEN $happens THEN 1 ELSE 0 END AS happens
FROM $journeys j
$watched
$people
$eligible
WHERE $unit IS NOT NULL AND (j.activity_id <> $activity OR $happens)
ORDER BY $unit, j.happened_at, happens DESC, j.interaction_id
