-- Moments: touchpoints at a stage, with their most common channel. Grain: one row a moment; a touchpoint nobody met has one, at its stage by rule.
SELECT m.moment_id, m.moment, m.touchpoint_id, m.touchpoint, m.stage, c.channel
FROM moment_names m
LEFT JOIN (
  SELECT moment_id, channel_id
  FROM (
    SELECT moment_id, channel_id, row_number() OVER (PARTITION BY moment_id ORDER BY met DESC, channel_id) AS place
    FROM (SELECT moment_id, channel_id, count(*) AS met FROM $journeys WHERE channel_id IS NOT NULL GROUP BY moment_id, channel_id)
  )
  WHERE place = 1
) t ON t.moment_id = m.moment_id
LEFT JOIN $channels c ON c.channel_id = coalesce(t.channel_id, -1)
ORDER BY m.moment_id
