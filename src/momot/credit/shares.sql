-- The paths that lead to a happening by their length and the number of different moments on them. Grain: one row a moment, length and number;
-- touches: of the moment on them; paths: how many of them it is on.
WITH met AS (
  SELECT done, moment_id, count(*) AS touches FROM credit_touches WHERE leads = 1 GROUP BY done, moment_id
), sizes AS (
  SELECT done, sum(touches) AS length, count(*) AS size FROM met GROUP BY done
)
SELECT m.moment_id, s.length, s.size, sum(m.touches) AS touches, count(*) AS paths
FROM met m JOIN sizes s ON s.done = m.done
GROUP BY m.moment_id, s.length, s.size
