-- What was said with what was read from it, and who said it about what; employees left out. Grain: one row a text said, in an order that chance made.
SELECT s.said_id, s.person_id, s.said_at, s.subject_id, s.source, s.touchpoint, s.channel, s.value, s.scale_low, s.scale_high,
       t.text, r.language, r.valence, r.polarity, r.abstains, r.intent, r.suggestion, r.urgency$columns
FROM said s
JOIN texts t ON t.text_id = s.text_id
JOIN heard r ON r.text_id = s.text_id
LEFT JOIN people p ON p.person_id = s.person_id
LEFT JOIN subjects o ON o.subject_id = s.subject_id
WHERE NOT coalesce(p.is_employee, false) AND $inside
ORDER BY s.said_id
LIMIT $most
