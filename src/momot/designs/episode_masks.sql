-- What happened in each episode before its outcome. Grain: one row per unit and word; mask has a bit for every (touchpoint, quality, level) met.
SELECT u.unit, b.word, bit_or(b.bit) AS mask
FROM interactions i JOIN units u ON u.subject_id = i.subject_id JOIN episode_bits b
  ON b.touchpoint_id = $touchpoint AND b.quality = coalesce(i.quality, 9) AND b.level = coalesce(i.level, -1)
WHERE u.outcome_at IS NULL OR i.happened_at < u.outcome_at OR ($inclusive AND i.happened_at = u.outcome_at)
GROUP BY u.unit, b.word
