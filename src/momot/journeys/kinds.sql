-- Kinds of interactions that occur in one part. Grain: one row a kind. early: some of it happened before any purchase of the person was made;
-- later: some of it after one. Codes; a channel that is not named is -1.
SELECT touchpoint_id, activity_id, coalesce(channel_id, -1) AS channel_id,
       sum(CASE WHEN p.first_at IS NULL OR i.happened_at <= p.first_at THEN 1 ELSE 0 END) AS early,
       sum(CASE WHEN i.happened_at > p.first_at THEN 1 ELSE 0 END) AS later
FROM $interactions i
LEFT JOIN (SELECT person_id, min(happened_at) AS first_at FROM $purchases GROUP BY person_id) p ON p.person_id = i.person_id
WHERE NOT i.duplicate
GROUP BY touchpoint_id, activity_id, coalesce(channel_id, -1)
