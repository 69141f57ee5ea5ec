-- Facts: a measured outcome of a subject or person that is neither opinion nor activity. Grain: one row an outcome and unit. Times are micros UTC.
SELECT m.outcome, coalesce(s.id, i.id) AS subject_id, coalesce(p.person_id, s.person_id) AS person_id, m.value, m.settled_at
FROM $mapped m
LEFT JOIN subject_people s ON s.key = m.subject
LEFT JOIN subject_ids i ON i.key = m.subject
LEFT JOIN person_ids p ON p.key = m.person
ORDER BY m.outcome, subject_id, person_id, m.settled_at, m.value
