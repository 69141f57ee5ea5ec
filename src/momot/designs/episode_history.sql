-- What was known of the person when the episode began. Grain: one row per unit of a known person. earlier counts the person's episodes that began
-- before; last_opinion is the latest opinion of the instrument given before the start (of several at one time that of the highest id), NULL where there is none. One pass over the person's time line.
WITH marks AS (
  SELECT person_id, started_at AS marked_at, 0 AS place, subject_id, NULL AS opinion_id, NULL AS value FROM subjects WHERE person_id IS NOT NULL AND started_at IS NOT NULL
  UNION ALL
  SELECT person_id, given_at AS marked_at, 1 AS place, NULL AS subject_id, opinion_id, value FROM opinions WHERE person_id IS NOT NULL AND value IS NOT NULL AND ($instrument IS NULL OR instrument = $instrument)
), line AS (
  SELECT subject_id,
         count(subject_id) OVER earlier - 1 AS earlier,
         last_value(value IGNORE NULLS) OVER earlier AS last_opinion
  FROM marks
  WINDOW earlier AS (PARTITION BY person_id ORDER BY marked_at, place, subject_id, opinion_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
SELECT u.unit, l.earlier, l.last_opinion FROM line l JOIN units u ON u.subject_id = l.subject_id ORDER BY u.unit
