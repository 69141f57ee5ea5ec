-- What touches cost. Grain: one row a moment with a touch of known cost. touches: such touches; met: different units and local days with one;
-- cost_minor: their sum. People under observation only, employees left out.
SELECT d.moment_id, sum(d.touches) AS touches, count(*) AS met, sum(d.cost_minor) AS cost_minor
FROM (
  SELECT j.moment_id, $unit AS unit, j.day, count(*) AS touches, sum(i.cost_minor) AS cost_minor
  FROM journeys j
  JOIN interactions i ON i.person_id = j.person_id AND i.interaction_id = j.interaction_id
  JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at
  JOIN people p ON p.person_id = j.person_id
  WHERE i.cost_minor IS NOT NULL AND NOT i.duplicate AND $unit IS NOT NULL AND $inside
  GROUP BY j.moment_id, $unit, j.day
) d
GROUP BY d.moment_id
