-- What directly follows what, by windows over each person: the meaning of follows_streamed.sql, and its form where rows of a file stand in no order.
-- Grain: one row a pair of moments; times: how often the second came right after the first for the same person under observation. -1 before the first
-- interaction of a person, -2 after the last.
WITH lined AS (
  SELECT person_id, happened_at, moment_id,
         lag(happened_at) OVER (PARTITION BY person_id ORDER BY happened_at, interaction_id) AS before_at,
         lag(moment_id) OVER (PARTITION BY person_id ORDER BY happened_at, interaction_id) AS moment_before,
         lead(happened_at) OVER (PARTITION BY person_id ORDER BY happened_at, interaction_id) AS after_at
  FROM $journeys
), seen AS (
  SELECT l.moment_id, CASE WHEN l.before_at >= w.from_at THEN l.moment_before ELSE -1 END AS moment_before,
         CASE WHEN l.after_at <= w.to_at THEN 0 ELSE 1 END AS ends
  FROM lined l JOIN watched w ON w.person_id = l.person_id AND l.happened_at >= w.from_at AND l.happened_at <= w.to_at
)
SELECT moment_before AS moment_id, moment_id AS next_id, count(*) AS times FROM seen GROUP BY moment_before, moment_id
UNION ALL
SELECT moment_id, -2 AS next_id, count(*) AS times FROM seen WHERE ends = 1 GROUP BY moment_id
