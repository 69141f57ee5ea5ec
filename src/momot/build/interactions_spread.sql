-- Interactions of all parts, for engines that put rows in order when they write them. Grain: one interaction. happened_at is micros UTC.
-- Rows with the same content: the second and later copies are flagged, and their id is the hash of content and number. part is where a row goes.
SELECT
  CASE WHEN copy = 1 THEN interaction_id ELSE ('0x' || left(md5(interaction_id::VARCHAR || chr(31) || copy::VARCHAR), 15))::BIGINT END AS interaction_id,
  person_id, happened_at, touchpoint_id, activity_id, channel_id, quality, level, repeat, subject_id, account_id, value_minor, cost_minor,
  copy > 1 AS duplicate, part
FROM (SELECT *, row_number() OVER (PARTITION BY part, interaction_id ORDER BY person_id, happened_at) AS copy FROM $rows)
