-- The same part where rows with the same content occur: the second and later copies are flagged, and their id is the hash of content and number;
-- __copy_of keeps the first one's.
SELECT
  CASE WHEN copy = 1 THEN interaction_id ELSE ('0x' || left(md5(interaction_id::VARCHAR || chr(31) || copy::VARCHAR), 15))::BIGINT END AS interaction_id,
  person_id, happened_at, touchpoint_id, activity_id, channel_id, quality, level, repeat, subject_id, account_id, value_minor, cost_minor,
  copy > 1 AS duplicate, __id, __file, CASE WHEN copy > 1 THEN interaction_id END AS __copy_of
FROM (SELECT *, row_number() OVER (PARTITION BY interaction_id ORDER BY person_id, happened_at, __file) AS copy FROM $rows)
ORDER BY person_id, happened_at, interaction_id
