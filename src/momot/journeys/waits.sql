-- Durations and whether it happened, counted. Grain: one row a duration in micros (and a group). happened: to how many it happened after so long; lost: how
-- many were no longer followed then.
SELECT $group AS label, least(coalesce($until, $end), $end) - $start AS waited, count($until) AS happened, count(*) - count($until) AS lost
FROM $rows
WHERE $start IS NOT NULL
GROUP BY 1, 2
ORDER BY 1, 2
