-- When each person of one part first bought, up to the fifth time, and was first known by name. Grain: one row a person under observation.
-- A number says which purchase it is, in order of time and stable id. Times are micros UTC.
SELECT person_id, max(CASE WHEN number = 1 THEN happened_at END) AS bought_1, max(CASE WHEN number = 2 THEN happened_at END) AS bought_2,
       max(CASE WHEN number = 3 THEN happened_at END) AS bought_3, max(CASE WHEN number = 4 THEN happened_at END) AS bought_4,
       max(CASE WHEN number = 5 THEN happened_at END) AS bought_5, max(CASE WHEN number = 1 THEN day END) AS bought_on,
       sum(CASE WHEN purchase THEN 1 ELSE 0 END) AS purchases, min(CASE WHEN known THEN happened_at END) AS known_at
FROM (
  SELECT j.person_id, j.happened_at, j.day, j.purchase,
         j.purchase OR j.subject_id IS NOT NULL OR j.account_id IS NOT NULL OR k.direct AS known,
         CASE WHEN j.purchase THEN row_number() OVER (PARTITION BY j.person_id, j.purchase ORDER BY j.happened_at, j.interaction_id) END AS number
  FROM $journeys j
  JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at
  JOIN fact_kinds k ON k.touchpoint_id = j.touchpoint_id AND k.activity_id = j.activity_id AND k.channel_id = coalesce(j.channel_id, -1)
)
GROUP BY person_id
