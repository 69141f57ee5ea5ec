-- Touches on their paths. Grain: one touch. A path is what a unit met since its last happening: leads = 1 for the touches at most $look_back micros before
-- the next happening, 0 for all others, which form a path of their own that leads nowhere. done: happenings above, the number of the path.
-- moment_before: the touch before on the same path, -1 at its start; ends = 1 on its last touch.
WITH lined AS (
  SELECT unit, happened_at, moment_id, done, lag(unit) OVER () AS unit_before, lag(done) OVER () AS done_before, lag(happened_at) OVER () AS before_at,
         lag(moment_id) OVER () AS moment_before, lead(unit) OVER () AS unit_after, lead(done) OVER () AS done_after, lead(happened_at) OVER () AS after_at
  FROM credit_counted
  WHERE touch = 1
), led AS (
  SELECT l.moment_id, l.done, l.moment_before,
         CASE WHEN v.happened_at - l.happened_at <= $look_back THEN 1 ELSE 0 END AS leads,
         CASE WHEN l.unit_before = l.unit AND l.done_before = l.done THEN CASE WHEN v.happened_at - l.before_at <= $look_back THEN 1 ELSE 0 END ELSE -1 END AS leads_before,
         CASE WHEN l.unit_after = l.unit AND l.done_after = l.done THEN CASE WHEN v.happened_at - l.after_at <= $look_back THEN 1 ELSE 0 END ELSE -1 END AS leads_after
  FROM lined l
  LEFT JOIN credit_happenings v ON v.number = l.done + 1 AND v.unit = l.unit
)
SELECT moment_id, done, leads, CASE WHEN leads_before = leads THEN moment_before ELSE -1 END AS moment_before,
       CASE WHEN leads_after = leads THEN 0 ELSE 1 END AS ends
FROM led
