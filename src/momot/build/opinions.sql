-- Opinions: measured attitudes, dated when they were given. Grain: one row an opinion. Times are micros UTC.
SELECT m.opinion_id, m.person_id, m.given_at, m.asked_at, m.subject_id, m.instrument, m.value, m.scale_low, m.scale_high, m.text_id
FROM $mapped m
ORDER BY m.person_id, m.given_at, m.opinion_id
