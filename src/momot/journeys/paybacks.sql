-- When what a buyer of one part brought first covered what it cost to win them, the first purchase included. Grain: one row a buyer whose cost is known.
-- paid_at NULL: not yet. Micros UTC; bought_on is a local day.
SELECT f.person_id, f.bought_on, f.bought_1, min(CASE WHEN v.brought >= w.cost THEN v.happened_at END) AS paid_at
FROM first_times f
JOIN watched w ON w.person_id = f.person_id
LEFT JOIN (
  SELECT j.person_id, j.happened_at,
         sum(j.value_minor) OVER (PARTITION BY j.person_id ORDER BY j.happened_at, j.interaction_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS brought
  FROM $journeys j
  JOIN first_times f ON f.person_id = j.person_id AND j.happened_at >= f.bought_1
  JOIN watched w ON w.person_id = j.person_id AND j.happened_at <= w.to_at
  WHERE j.value_minor IS NOT NULL
) v ON v.person_id = f.person_id
WHERE f.bought_1 IS NOT NULL AND w.cost IS NOT NULL
GROUP BY f.person_id, f.bought_on, f.bought_1
