-- How a touchpoint last went before something was said: of the same subject, else of the same person within some days. Grain: one row a text said.
SELECT w.said_id, w.quality
FROM (
  SELECT s.said_id, j.quality, row_number() OVER (PARTITION BY s.said_id ORDER BY j.happened_at DESC, j.interaction_id DESC) AS place
  FROM said s
  JOIN journeys j ON j.person_id = s.person_id AND j.happened_at <= s.said_at
  WHERE j.moment_id IN ($moments)
    AND (j.subject_id = s.subject_id
         OR ((s.subject_id IS NULL OR j.subject_id IS NULL) AND j.happened_at >= s.said_at - $within))
) w
WHERE w.place = 1
