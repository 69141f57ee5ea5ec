-- Units of an activity: subjects of known persons, followed from the last interaction of their episode on. Grain: one row per subject whose
-- follow-up is complete. outcome_at is the landmark: exposure at or before it, the activity after it and within the horizon. Microseconds UTC.
-- money is the sum of value_minor of the activity in the horizon, happened the number of times.
WITH landmark AS (
  SELECT s.subject_id, s.person_id, s.account_id, s.started_at, s.ended_at, greatest(s.started_at, coalesce(max(i.happened_at), s.started_at)) AS outcome_at
  FROM subjects s LEFT JOIN interactions i ON i.subject_id = s.subject_id
  WHERE s.person_id IS NOT NULL AND s.started_at IS NOT NULL
  GROUP BY s.subject_id, s.person_id, s.account_id, s.started_at, s.ended_at
), wanted AS (
  SELECT person_id, happened_at, coalesce(value_minor, 0) AS value_minor
  FROM interactions WHERE activity_id = $activity AND person_id IS NOT NULL AND ($quality IS NULL OR quality = $quality)
)
SELECT l.subject_id, l.person_id, l.account_id, l.started_at, l.ended_at, l.outcome_at,
       CAST(count(w.happened_at) AS DOUBLE) AS happened, CAST(sum(coalesce(w.value_minor, 0)) AS DOUBLE) AS money
FROM landmark l LEFT JOIN wanted w ON w.person_id = l.person_id AND w.happened_at > l.outcome_at AND w.happened_at <= l.outcome_at + $horizon
WHERE l.outcome_at + $horizon <= $observed_until
GROUP BY l.subject_id, l.person_id, l.account_id, l.started_at, l.ended_at, l.outcome_at
