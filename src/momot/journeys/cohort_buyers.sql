-- Buyers by the month of their first purchase. Grain: one row a person under observation who bought something. complete_until is the last month that
-- the person was observed to the end of. Months are counted from January 1970.
SELECT b.person_id, c.month AS cohort, e.month - 1 AS complete_until
FROM (
  SELECT j.person_id, min(j.day) AS day, max($end_day) + 1 AS next_day
  FROM $journeys j
  JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at
  WHERE j.purchase
  GROUP BY j.person_id
) b
JOIN calendar c ON c.day = b.day
JOIN calendar e ON e.day = b.next_day
