-- Opinions on a known scale, those that came with words, and the same of bad and good ones (NPS: up to 6 and from 9). Grain: one row.
SELECT count(*) AS opinions, count(q.text_id) AS with_words,
       count(CASE WHEN q.bad THEN 1 END) AS bad, count(CASE WHEN q.bad THEN q.text_id END) AS bad_with_words,
       count(CASE WHEN q.good THEN 1 END) AS good, count(CASE WHEN q.good THEN q.text_id END) AS good_with_words
FROM (
  SELECT p.text_id,
         CASE WHEN p.instrument = 'nps' THEN p.value <= 6 ELSE (p.value - p.scale_low) / (p.scale_high - p.scale_low) < 0.4 END AS bad,
         CASE WHEN p.instrument = 'nps' THEN p.value >= 9 ELSE (p.value - p.scale_low) / (p.scale_high - p.scale_low) > 0.7 END AS good
  FROM opinions p
  WHERE p.scale_high > p.scale_low AND p.value IS NOT NULL
) q
