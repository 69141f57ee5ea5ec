-- What comes some steps before and after a moment. Grain: one row a step and a moment; step is negative before. -1 as a moment: the journey had not begun;
-- -2: it was over.
WITH numbered AS (
  SELECT j.person_id, j.moment_id, row_number() OVER (PARTITION BY j.person_id ORDER BY j.happened_at, j.interaction_id) AS place
  FROM $journeys j
  JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at
), visits AS (
  SELECT v.person_id, v.place, s.step
  FROM numbered v, ($steps) s
  WHERE v.moment_id = $moment
)
SELECT v.step, coalesce(n.moment_id, CASE WHEN v.step < 0 THEN -1 ELSE -2 END) AS moment_id, count(*) AS times
FROM visits v
LEFT JOIN numbered n ON n.person_id = v.person_id AND n.place = v.place + v.step
GROUP BY v.step, coalesce(n.moment_id, CASE WHEN v.step < 0 THEN -1 ELSE -2 END)
