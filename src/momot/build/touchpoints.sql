-- Touchpoints with their most common channel. Grain: one row a touchpoint. kind says what its levels are: none, level (of the row), count (of happenings).
SELECT t.id AS touchpoint_id, t.name AS touchpoint, c.channel_id, coalesce(k.kind, 'none') AS kind
FROM touchpoint_names t
LEFT JOIN (
  SELECT touchpoint_id, channel_id
  FROM (
    SELECT touchpoint_id, channel_id, row_number() OVER (PARTITION BY touchpoint_id ORDER BY met DESC, channel_id) AS place
    FROM (SELECT touchpoint_id, channel_id, count(*) AS met FROM $interactions WHERE channel_id IS NOT NULL GROUP BY touchpoint_id, channel_id)
  )
  WHERE place = 1
) c ON c.touchpoint_id = t.id
LEFT JOIN level_kinds k ON k.touchpoint_id = t.id
ORDER BY t.id
