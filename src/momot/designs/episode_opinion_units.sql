-- Units of an opinion: the first opinion of each subject. Grain: one row per subject with an opinion of this instrument. Times in microseconds UTC.
SELECT o.subject_id, coalesce(s.person_id, o.person_id) AS person_id, s.account_id, s.started_at, s.ended_at, o.given_at AS outcome_at, o.value AS outcome
FROM opinions o JOIN subjects s ON s.subject_id = o.subject_id
WHERE o.instrument = $instrument AND o.value IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY o.subject_id ORDER BY o.given_at, o.opinion_id) = 1
