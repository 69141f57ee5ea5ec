-- Subjects: orders, tickets, trips. Grain: one row a subject. Times are micros UTC.
SELECT i.id AS subject_id, m.subject, p.person_id, a.id AS account_id, m.started_at, m.ended_at$columns
FROM $mapped m
JOIN subject_ids i ON i.key = m.subject
LEFT JOIN person_ids p ON p.key = m.person
LEFT JOIN account_ids a ON a.key = m.account
ORDER BY i.id
