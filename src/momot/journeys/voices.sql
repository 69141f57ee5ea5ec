-- The last opinion of each person, as a share of its scale. Grain: one row a person with an opinion on a known scale (a buyer's: after the first purchase).
SELECT o.person_id, max(CASE WHEN o.place = 1 THEN o.score END) AS score
FROM (
  SELECT p.person_id, (p.value - p.scale_low) / (p.scale_high - p.scale_low) AS score,
         row_number() OVER (PARTITION BY p.person_id ORDER BY p.given_at DESC, p.opinion_id DESC) AS place
  FROM $opinions p
  JOIN watched w ON w.person_id = p.person_id AND p.given_at >= w.from_at AND p.given_at <= w.to_at
  $buyers
  WHERE p.scale_high > p.scale_low AND p.value IS NOT NULL
) o
GROUP BY o.person_id
