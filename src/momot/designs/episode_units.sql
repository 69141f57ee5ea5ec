-- The units of the question, numbered in the order of the frame. Grain: one row per subject. unit counts from 0 by bucket, cluster, subject.
-- cluster is the person, or where nobody is known the subject itself (negative, so that it never meets a person's number).
SELECT row_number() OVER (ORDER BY coalesce(p.bucket, q.subject_id % 400), coalesce(q.person_id, -q.subject_id - 1), q.subject_id) - 1 AS unit,
       q.*, coalesce(p.bucket, q.subject_id % 400) AS bucket, coalesce(q.person_id, -q.subject_id - 1) AS cluster
FROM measured q LEFT JOIN people p ON p.person_id = q.person_id
WHERE p.is_employee IS DISTINCT FROM true
