-- When each touchpoint was first met in each sampled episode. Grain: one row per unit and touchpoint. Microseconds UTC; the whole episode,
-- also what came after the outcome: an order of touchpoints is a fact of the process, not of who answered when.
SELECT u.unit, i.touchpoint_id, min(i.happened_at) AS first_at
FROM interactions i JOIN units u ON u.subject_id = i.subject_id
WHERE u.unit % $every = 0
GROUP BY u.unit, i.touchpoint_id
ORDER BY u.unit, i.touchpoint_id
