-- The same part where rows with the same content occur: the second and later copies are flagged, and their id is the hash of content and number;
-- __copy_of keeps the first one's. Only rows with copies are numbered.
WITH numbered AS (
  SELECT r.*, 1 AS copy FROM $rows r LEFT JOIN $copied c ON c.interaction_id = r.interaction_id WHERE c.interaction_id IS NULL
  UNION ALL
  SELECT r.*, row_number() OVER (PARTITION BY r.interaction_id ORDER BY r.person_id, r.happened_at, r.__file) AS copy
  FROM $rows r JOIN $copied c ON c.interaction_id = r.interaction_id
)
SELECT
  CASE WHEN copy = 1 THEN interaction_id ELSE ('0x' || left(md5(interaction_id::VARCHAR || chr(31) || copy::VARCHAR), 15))::BIGINT END AS interaction_id,
  person_id, happened_at, touchpoint_id, activity_id, channel_id, quality, level, repeat, subject_id, account_id, value_minor, cost_minor,
  copy > 1 AS duplicate, __id, __file, CASE WHEN copy > 1 THEN interaction_id END AS __copy_of
FROM numbered
ORDER BY person_id, happened_at, interaction_id
