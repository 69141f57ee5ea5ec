-- Touchpoints that anybody met, with the activity and the channel that most of their interactions have, of several as frequent the first by name.
-- Grain: one row per touchpoint.
WITH acts AS (
  SELECT touchpoint_id, activity, row_number() OVER (PARTITION BY touchpoint_id ORDER BY met DESC, activity) AS place
  FROM (
    SELECT i.touchpoint_id, a.activity, count(*) AS met
    FROM interactions i JOIN activities a ON a.activity_id = i.activity_id GROUP BY i.touchpoint_id, a.activity
  )
), ways AS (
  SELECT touchpoint_id, channel, row_number() OVER (PARTITION BY touchpoint_id ORDER BY met DESC, channel) AS place
  FROM (
    SELECT i.touchpoint_id, c.channel, count(*) AS met
    FROM interactions i JOIN channels c ON c.channel_id = i.channel_id GROUP BY i.touchpoint_id, c.channel
  )
)
SELECT t.touchpoint_id, t.touchpoint, a.activity, w.channel
FROM touchpoints t
JOIN (SELECT DISTINCT touchpoint_id FROM interactions) i ON i.touchpoint_id = t.touchpoint_id
LEFT JOIN acts a ON a.touchpoint_id = t.touchpoint_id AND a.place = 1
LEFT JOIN ways w ON w.touchpoint_id = t.touchpoint_id AND w.place = 1
ORDER BY t.touchpoint
