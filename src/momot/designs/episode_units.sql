-- The units of the question, numbered in the order of the frame. Grain: one row per subject. unit counts from 0 by bucket, cluster, subject.
-- cluster is the account of the subject or of its person (from 3 billion on), else the person, or where nobody is known the subject itself
-- (negative): none ever meets another's number. $drawn keeps or leaves all units of a cluster.
SELECT row_number() OVER (ORDER BY bucket, cluster, subject_id) - 1 AS unit, *
FROM (
  SELECT q.*, coalesce(coalesce(q.account_id, p.account_id) % 400, p.bucket, q.subject_id % 400) AS bucket,
         coalesce(3000000000 + coalesce(q.account_id, p.account_id), q.person_id, -q.subject_id - 1) AS cluster
  FROM measured q LEFT JOIN people p ON p.person_id = q.person_id
  WHERE p.is_employee IS DISTINCT FROM true
)
WHERE $drawn
