-- The same as counted.sql by windows over each unit. Grain: one touch, or the first row of a happening. done counts within the unit, from unit * 2^32 on:
-- as a number of a path it is as good, and no row has to know those of other units.
WITH lined AS (
  SELECT unit, happened_at, moment_id, touch, happens, place, lag(happened_at) OVER line AS before_at, lag(happens) OVER line AS happens_before
  FROM credit_rows
  WINDOW line AS (PARTITION BY unit ORDER BY place)
), first_rows AS (
  SELECT unit, happened_at, moment_id, touch, place,
         CASE WHEN happens = 1 AND NOT coalesce(happens_before = 1 AND before_at = happened_at, false) THEN 1 ELSE 0 END AS begins
  FROM lined
)
SELECT unit, happened_at, moment_id, touch, begins,
       CAST(unit AS BIGINT) * 4294967296 + sum(begins) OVER (PARTITION BY unit ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS done, place
FROM first_rows
