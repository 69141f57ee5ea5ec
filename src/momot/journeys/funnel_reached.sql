-- Who reached a step after the ones before it. Grain: one row a person. place and reached_at: the first time at the step after the place at which the
-- one before was reached; waited: micros from then to now, NULL at the first step.
SELECT p.person_id, min(p.place) AS place, min(p.happened_at) AS reached_at, min(p.happened_at) - min(r.reached_at) AS waited
FROM funnel_places p
LEFT JOIN $before r ON r.person_id = p.person_id
WHERE p.step = $step AND ($first OR p.place > r.place)
GROUP BY p.person_id
