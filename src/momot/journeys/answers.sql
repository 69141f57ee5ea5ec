-- Questions of one part and their first answer. Grain: one row a person and subject (or a person, for what is about nothing in particular) who asked
-- something while using. asked_at is the first question, answered_at the first answer at or after it, NULL where none came. Micros UTC.
WITH spoken AS (
  SELECT j.person_id, coalesce(j.subject_id, -1) AS subject_id, j.happened_at, k.asks AND j.stage = $smot AS asks, k.answers
  FROM $journeys j
  JOIN watched w ON w.person_id = j.person_id AND j.happened_at >= w.from_at AND j.happened_at <= w.to_at
  JOIN fact_kinds k ON k.touchpoint_id = j.touchpoint_id AND k.activity_id = j.activity_id AND k.channel_id = coalesce(j.channel_id, -1)
  WHERE k.asks OR k.answers
), questions AS (
  SELECT person_id, subject_id, min(happened_at) AS asked_at FROM spoken WHERE asks GROUP BY person_id, subject_id
)
SELECT q.person_id, q.subject_id, q.asked_at, min(a.happened_at) AS answered_at
FROM questions q
LEFT JOIN (SELECT * FROM spoken WHERE answers) a ON a.person_id = q.person_id AND a.subject_id = q.subject_id AND a.happened_at >= q.asked_at
GROUP BY q.person_id, q.subject_id, q.asked_at
