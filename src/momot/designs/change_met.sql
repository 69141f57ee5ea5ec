-- Episodes that met one touchpoint before their outcome. Grain: one row per unit that did.
SELECT u.unit
FROM interactions i JOIN units u ON u.subject_id = i.subject_id
WHERE i.touchpoint_id = $touchpoint
  AND (u.outcome_at IS NULL OR i.happened_at < u.outcome_at OR ($inclusive AND i.happened_at = u.outcome_at))
GROUP BY u.unit
ORDER BY u.unit
