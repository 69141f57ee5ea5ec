-- How long episodes take from start to end. Grain: one row a subject that began under observation. Micros UTC; ended_at NULL: not over yet.
SELECT s.person_id, s.started_at, CASE WHEN s.ended_at <= w.to_at THEN s.ended_at END AS ended_at, w.to_at
FROM $subjects s
JOIN watched w ON w.person_id = s.person_id AND s.started_at >= w.from_at AND s.started_at <= w.to_at
WHERE s.ended_at IS NULL OR s.ended_at >= s.started_at
