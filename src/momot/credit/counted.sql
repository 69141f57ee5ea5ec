-- The same with how many happenings stand above each row, those of other units included: the next one of all has that number and one more.
-- Grain: one touch, or the first row of a happening. Nothing is sorted: rows.sql left them in order, so a count down the table is enough.
WITH lined AS (
  SELECT unit, happened_at, moment_id, touch, happens, lag(unit) OVER () AS unit_before, lag(happened_at) OVER () AS before_at,
         lag(happens) OVER () AS happens_before
  FROM credit_rows
), first_rows AS (
  SELECT unit, happened_at, moment_id, touch,
         CASE WHEN happens = 1 AND NOT coalesce(happens_before = 1 AND unit_before = unit AND before_at = happened_at, false) THEN 1 ELSE 0 END AS begins
  FROM lined
)
SELECT unit, happened_at, moment_id, touch, begins, sum(begins) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS done
FROM first_rows
