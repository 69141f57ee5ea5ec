-- Who buys again when. Grain: one row a cohort and a number of months since; people bought again in that month, which they were observed to the end of.
-- In the month of the first purchase itself a second one counts.
SELECT m.cohort, m.month - m.cohort AS since, count(*) AS people
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
GROUP BY m.cohort, m.month - m.cohort
