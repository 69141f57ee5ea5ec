-- How often a touchpoint happened in each episode before the outcome. Grain: one row per unit and counted touchpoint.
SELECT u.unit, i.touchpoint_id, sum(i.repeat) AS happened
FROM interactions i JOIN units u ON u.subject_id = i.subject_id JOIN counted c ON c.touchpoint_id = i.touchpoint_id
WHERE u.outcome_at IS NULL OR i.happened_at < u.outcome_at OR ($inclusive AND i.happened_at = u.outcome_at)
GROUP BY u.unit, i.touchpoint_id
