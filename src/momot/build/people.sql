-- People with at least one row in any table. Grain: one row a person. bucket is 0-399, from md5 of the original id.
-- observed_from is included, observed_to not; micros UTC.
SELECT p.id AS person_id, p.key AS person, p.bucket, coalesce(b.is_employee, false) AS is_employee, b.acquisition_cost_minor, b.role, b.account_id,
  greatest(b.observed_from, $low) AS observed_from, least(b.observed_to, $high) AS observed_to$columns
FROM person_ids p
SEMI JOIN $present q ON q.person_id = p.id
LEFT JOIN $attributes b ON b.person_id = p.id
ORDER BY p.id
