-- What people bring. Grain: one row a bucket of people who ever paid. money_minor: all values, refunds subtracted; paid: instants with money; followed: those
-- observed for $quiet micros more; again: of them followed by another within that time; active: micros from the first such instant of a person to
-- $quiet after the last, or the end of observation. cost_minor, costed: acquisition cost, of how many people it is known.
WITH instants AS (
  SELECT j.person_id, j.happened_at, sum(j.value_minor) AS money_minor
  FROM journeys j
  JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at
  WHERE j.value_minor IS NOT NULL
  GROUP BY j.person_id, j.happened_at
), refunds AS (
  SELECT person_id, sum(money_minor) AS money_minor FROM instants WHERE money_minor <= 0 GROUP BY person_id
), paid AS (
  SELECT person_id, happened_at, money_minor, lead(happened_at) OVER (PARTITION BY person_id ORDER BY happened_at) AS next_at
  FROM instants
  WHERE money_minor > 0
), lives AS (
  SELECT a.person_id, sum(a.money_minor) AS money_minor, count(*) AS paid,
         sum(CASE WHEN a.happened_at + $quiet <= w.to_at THEN 1 ELSE 0 END) AS followed,
         sum(CASE WHEN a.happened_at + $quiet <= w.to_at AND a.next_at <= a.happened_at + $quiet THEN 1 ELSE 0 END) AS again,
         least(max(a.happened_at) + $quiet, max(w.to_at)) - min(a.happened_at) AS active, max(w.cost) AS cost_minor
  FROM paid a JOIN watched w ON w.person_id = a.person_id
  GROUP BY a.person_id
)
SELECT p.bucket, count(*) AS people, sum(l.money_minor + coalesce(r.money_minor, 0)) AS money_minor, sum(l.paid) AS paid, sum(l.followed) AS followed,
       sum(l.again) AS again, sum(l.active) AS active, sum(coalesce(l.cost_minor, 0)) AS cost_minor, count(l.cost_minor) AS costed
FROM lives l
JOIN people p ON p.person_id = l.person_id
LEFT JOIN refunds r ON r.person_id = l.person_id
GROUP BY p.bucket
ORDER BY p.bucket
