-- When each person of one part first bought, up to the fifth time, and was first known by name. Grain: one row a person under observation.
-- A number says which purchase it is, in order of time and stable id; only purchases are put in order. Times are micros UTC.
SELECT k.person_id, b.bought_1, b.bought_2, b.bought_3, b.bought_4, b.bought_5, b.bought_on, coalesce(b.purchases, 0) AS purchases, k.known_at
FROM (
  SELECT j.person_id, min(CASE WHEN j.purchase OR j.subject_id IS NOT NULL OR j.account_id IS NOT NULL OR f.direct THEN j.happened_at END) AS known_at
  FROM $journeys j
  JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at
  JOIN fact_kinds f ON f.touchpoint_id = j.touchpoint_id AND f.activity_id = j.activity_id AND f.channel_id = coalesce(j.channel_id, -1)
  GROUP BY j.person_id
) k
LEFT JOIN (
  SELECT person_id, max(CASE WHEN number = 1 THEN happened_at END) AS bought_1, max(CASE WHEN number = 2 THEN happened_at END) AS bought_2,
         max(CASE WHEN number = 3 THEN happened_at END) AS bought_3, max(CASE WHEN number = 4 THEN happened_at END) AS bought_4,
         max(CASE WHEN number = 5 THEN happened_at END) AS bought_5, max(CASE WHEN number = 1 THEN day END) AS bought_on, count(*) AS purchases
  FROM (
    SELECT j.person_id, j.happened_at, j.day, row_number() OVER (PARTITION BY j.person_id ORDER BY j.happened_at, j.interaction_id) AS number
    FROM $journeys j
    JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at
    WHERE j.purchase
  )
  GROUP BY person_id
) b ON b.person_id = k.person_id
