-- Interactions that are a step of the funnel. Grain: one row an interaction and a step it is; place is its place among those of the person.
SELECT p.person_id, p.happened_at, p.place, s.step
FROM (
  SELECT j.person_id, j.happened_at, j.moment_id, j.activity_id, j.purchase,
         row_number() OVER (PARTITION BY j.person_id ORDER BY j.happened_at, j.interaction_id) AS place
  FROM $journeys j
  JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at
) p
JOIN funnel_steps s ON (s.moment_id IS NULL OR s.moment_id = p.moment_id) AND (s.activity_id IS NULL OR s.activity_id = p.activity_id)
                   AND (NOT s.purchase OR p.purchase)
