-- Bad texts of known people: replied to in time, and who of those followed for a year bought again within it. Grain: one row.
SELECT count(*) AS said, sum(b.replied)::BIGINT AS replied,
       sum(CASE WHEN b.replied = 1 AND b.followed = 1 THEN b.returned END)::BIGINT AS returned_after, sum(CASE WHEN b.replied = 1 THEN b.followed END)::BIGINT AS of_after,
       sum(CASE WHEN b.replied = 0 AND b.followed = 1 THEN b.returned END)::BIGINT AS returned_without, sum(CASE WHEN b.replied = 0 THEN b.followed END)::BIGINT AS of_without
FROM (
  SELECT s.person_id, s.said_at,
         max(CASE WHEN j.moment_id IN ($replies) AND j.happened_at <= s.said_at + $within THEN 1 ELSE 0 END) AS replied,
         max(CASE WHEN j.purchase AND j.happened_at <= s.said_at + $year THEN 1 ELSE 0 END) AS returned,
         max(CASE WHEN e.last_at >= s.said_at + $year THEN 1 ELSE 0 END) AS followed
  FROM bad_said s
  LEFT JOIN journeys j ON j.person_id = s.person_id AND j.happened_at > s.said_at
  CROSS JOIN (SELECT max(happened_at) AS last_at FROM journeys) e
  GROUP BY s.person_id, s.said_at
) b
