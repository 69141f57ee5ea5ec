-- What directly follows what, as follows_streamed.spark.sql says it, down the sorted file at the speed of the scan; a test holds the two together.
WITH lined AS (
  SELECT person_id, happened_at, moment_id, lag(person_id) OVER () AS person_before, lag(happened_at) OVER () AS before_at,
         lag(moment_id) OVER () AS moment_before, lead(person_id) OVER () AS person_after, lead(happened_at) OVER () AS after_at
  FROM $journeys
), seen AS (
  SELECT l.moment_id, CASE WHEN l.person_before = l.person_id AND l.before_at >= w.from_at THEN l.moment_before ELSE -1 END AS moment_before,
         CASE WHEN l.person_after = l.person_id AND l.after_at <= w.to_at THEN 0 ELSE 1 END AS ends
  FROM lined l JOIN watched w ON w.person_id = l.person_id AND l.happened_at >= w.from_at AND l.happened_at <= w.to_at
)
SELECT moment_before AS moment_id, moment_id AS next_id, count(*) AS times FROM seen GROUP BY moment_before, moment_id
UNION ALL
SELECT moment_id, -2 AS next_id, count(*) AS times FROM seen WHERE ends = 1 GROUP BY moment_id
