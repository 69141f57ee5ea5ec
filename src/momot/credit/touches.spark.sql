-- The same as touches.sql by windows over each unit. Grain: one touch.
WITH lined AS (
  SELECT unit, happened_at, moment_id, done, lag(done) OVER line AS done_before, lag(happened_at) OVER line AS before_at,
         lag(moment_id) OVER line AS moment_before, lead(done) OVER line AS done_after, lead(happened_at) OVER line AS after_at
  FROM credit_counted
  WHERE touch = 1
  WINDOW line AS (PARTITION BY unit ORDER BY place)
), led AS (
  SELECT l.moment_id, l.done, l.moment_before,
         CASE WHEN v.happened_at - l.happened_at <= $look_back THEN 1 ELSE 0 END AS leads,
         CASE WHEN l.done_before = l.done THEN CASE WHEN v.happened_at - l.before_at <= $look_back THEN 1 ELSE 0 END ELSE -1 END AS leads_before,
         CASE WHEN l.done_after = l.done THEN CASE WHEN v.happened_at - l.after_at <= $look_back THEN 1 ELSE 0 END ELSE -1 END AS leads_after
  FROM lined l
  LEFT JOIN credit_happenings v ON v.number = l.done + 1 AND v.unit = l.unit
)
SELECT moment_id, done, leads, CASE WHEN leads_before = leads THEN moment_before ELSE -1 END AS moment_before,
       CASE WHEN leads_after = leads THEN 0 ELSE 1 END AS ends
FROM led
