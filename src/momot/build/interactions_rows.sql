-- Mapped interactions with ids and codes, before they are put in order. Grain: one row of the source.
-- __id is the dictionary's number of the id that the row gives, NULL where the person comes from a subject; __file that of the file it stands in.
-- part is the part a row goes to, -1 for a row with a problem, -2 for one without a person.
SELECT
  m.interaction_id, $person_id AS person_id, m.happened_at, t.id AS touchpoint_id, a.id AS activity_id, c.id AS channel_id, m.quality, m.level, m.repeat,
  s.id AS subject_id, k.id AS account_id, m.value_minor, m.cost_minor, m.adjusted, $id AS __id, $file AS __file, m.__source,
  CASE WHEN coalesce(m.problem, $unknown) IS NOT NULL THEN m.__line END AS __line,
  coalesce(m.problem, $unknown) AS problem,
  CASE WHEN coalesce(m.problem, $unknown) IS NOT NULL THEN -1 WHEN $person_id IS NULL THEN -2 ELSE $bucket % $parts END AS part
FROM ($mapped) m
LEFT JOIN touchpoint_names t ON t.name = m.touchpoint
LEFT JOIN activity_names a ON a.name = m.activity
LEFT JOIN channel_names c ON c.name = m.channel
LEFT JOIN account_ids k ON k.key = m.account
$joins
