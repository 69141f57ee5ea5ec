-- People with at least one row in any table. Grain: one row a person. bucket is 0-399, from md5 of the original id.
SELECT p.id AS person_id, p.key AS person, p.bucket, coalesce(b.is_employee, false) AS is_employee, b.acquisition_cost_minor$columns
FROM person_ids p
SEMI JOIN $present q ON q.person_id = p.id
LEFT JOIN $attributes b ON b.person = p.key
ORDER BY p.id
