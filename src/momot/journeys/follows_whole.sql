-- The same where everybody is followed from their first to their last interaction: no bounds to look up, so it runs at the speed of the scan.
-- Grain: as in follows_streamed.spark.sql. Nothing is sorted: the file stands in the order of person and time.
WITH lined AS (
  SELECT moment_id, person_id, lead(moment_id) OVER () AS moment_after, lead(person_id) OVER () AS person_after, lag(person_id) OVER () AS person_before
  FROM $journeys
), counted AS (
  SELECT moment_id, CASE WHEN person_after = person_id THEN moment_after ELSE -2 END AS next_id,
         CASE WHEN person_before = person_id THEN 0 ELSE 1 END AS begins, count(*) AS times
  FROM lined GROUP BY moment_id, next_id, begins
)
SELECT moment_id, next_id, CAST(sum(times) AS BIGINT) AS times FROM counted GROUP BY moment_id, next_id
UNION ALL
SELECT -1 AS moment_id, moment_id AS next_id, CAST(sum(times) AS BIGINT) AS times FROM counted WHERE begins = 1 GROUP BY moment_id
