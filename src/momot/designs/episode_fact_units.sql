-- Units of a measured fact: the first, of several at one time the least. Grain: one row per subject with a value. outcome_at NULL: nobody knows when it was settled. Microseconds UTC.
SELECT f.subject_id, coalesce(s.person_id, f.person_id) AS person_id, s.account_id, s.started_at, s.ended_at, min(f.settled_at) AS outcome_at,
       arg_min(f.value, (coalesce(f.settled_at, 0), f.value)) AS outcome
FROM facts f JOIN subjects s ON s.subject_id = f.subject_id
WHERE f.outcome = $outcome AND f.value IS NOT NULL
GROUP BY f.subject_id, coalesce(s.person_id, f.person_id), s.account_id, s.started_at, s.ended_at
