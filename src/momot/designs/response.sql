-- Who of everybody that could be asked gave an answer, and what they had met. Grain: one row per subject (people: per person) and touchpoint
-- met, one row with no touchpoint for who met none; in the order of id and touchpoint. value: the first answer, NULL where there is none.
-- bad: whether it went badly at least once. Of subjects only what came within the usual wait for an answer (median) of the start counts, so
-- that those who answered and those who did not are looked at over the same time.
WITH everybody AS (
  SELECT e.$id AS id, e.$started AS started_at FROM $source e LEFT JOIN people p ON p.person_id = e.person_id
  WHERE p.is_employee IS DISTINCT FROM true AND $drawn AND $chosen
), given AS (
  SELECT $id AS id, value, given_at FROM opinions WHERE instrument = $instrument AND value IS NOT NULL AND $id IS NOT NULL AND $told
  QUALIFY row_number() OVER (PARTITION BY $id ORDER BY given_at, opinion_id) = 1
), waits AS (
  SELECT g.given_at - e.started_at AS wait, row_number() OVER (ORDER BY g.given_at - e.started_at, e.id) AS place, count(*) OVER () AS answers
  FROM given g JOIN everybody e ON e.id = g.id WHERE e.started_at IS NOT NULL
), waited AS (
  SELECT min(wait) AS usual FROM waits WHERE 2 * place >= answers
), touched AS (
  SELECT i.$id AS id, i.touchpoint_id, max(CASE WHEN i.quality = -1 THEN 1 ELSE 0 END) AS bad
  FROM interactions i JOIN everybody e ON e.id = i.$id CROSS JOIN waited
  WHERE NOT i.duplicate AND $met AND (e.started_at IS NULL OR waited.usual IS NULL OR i.happened_at <= e.started_at + waited.usual)
  GROUP BY i.$id, i.touchpoint_id
)
SELECT e.id, g.value, t.touchpoint_id, t.bad
FROM everybody e LEFT JOIN given g ON g.id = e.id LEFT JOIN touched t ON t.id = e.id
ORDER BY e.id, t.touchpoint_id
