-- The same by windows over each person: on Spark the rows of a file stand in no order. Grain: as in follows_streamed.spark.sql; a test holds them together.
WITH lined AS (
  SELECT moment_id, lead(moment_id) OVER (PARTITION BY person_id ORDER BY happened_at, interaction_id) AS moment_after,
         row_number() OVER (PARTITION BY person_id ORDER BY happened_at, interaction_id) AS place
  FROM $journeys
), counted AS (
  SELECT moment_id, coalesce(moment_after, -2) AS next_id, CASE WHEN place = 1 THEN 1 ELSE 0 END AS begins, count(*) AS times
  FROM lined GROUP BY moment_id, next_id, begins
)
SELECT moment_id, next_id, CAST(sum(times) AS BIGINT) AS times FROM counted GROUP BY moment_id, next_id
UNION ALL
SELECT -1 AS moment_id, moment_id AS next_id, CAST(sum(times) AS BIGINT) AS times FROM counted WHERE begins = 1 GROUP BY moment_id
