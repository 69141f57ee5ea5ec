-- In which months buyers buy again. Grain: one row a buyer and a month, counted from January 1970, which they were observed to the end of.
-- In the month of the first purchase itself a second one counts.
SELECT m.person_id, m.cohort, m.month - m.cohort AS since
FROM (
  SELECT b.person_id, b.cohort, b.complete_until, c.month, count(*) AS purchases
  FROM $journeys j
  JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at
  JOIN cohort_buyers b ON b.person_id = j.person_id
  JOIN calendar c ON c.day = j.day
  WHERE j.purchase
  GROUP BY b.person_id, b.cohort, b.complete_until, c.month
) m
WHERE m.month <= m.complete_until AND (m.month > m.cohort OR m.purchases > 1)
