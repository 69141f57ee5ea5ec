-- Which ways each touchpoint went, and how often after the outcome. Grain: one row per (touchpoint, quality, level) seen in an episode.
-- quality 9 and level -1 stand for none recorded. happened counts interactions, late those at or after the outcome.
SELECT $touchpoint AS touchpoint_id, coalesce(i.quality, 9) AS quality, coalesce(i.level, -1) AS level, count(*) AS happened,
       sum(CASE WHEN i.happened_at > u.outcome_at OR (NOT $inclusive AND i.happened_at = u.outcome_at) THEN 1 ELSE 0 END) AS late
FROM interactions i JOIN units u ON u.subject_id = i.subject_id
GROUP BY $touchpoint, coalesce(i.quality, 9), coalesce(i.level, -1)
ORDER BY $touchpoint, coalesce(i.quality, 9), coalesce(i.level, -1)
