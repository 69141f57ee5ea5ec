-- Who did one of some things so many steps after a moment (before it where $steps is negative), and how often. Grain: one row a person.
-- $nobody stands for the end of a journey at which the step lies, as in around.sql.
WITH numbered AS (
  SELECT j.person_id, j.moment_id, row_number() OVER (PARTITION BY j.person_id ORDER BY j.happened_at, j.interaction_id) AS place
  FROM $journeys j
  JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at
)
SELECT v.person_id, count(*) AS times
FROM (SELECT person_id, place FROM numbered WHERE moment_id = $moment) v
LEFT JOIN numbered n ON n.person_id = v.person_id AND n.place = v.place + ($steps)
WHERE coalesce(n.moment_id, $nobody) IN ($others)
GROUP BY v.person_id
