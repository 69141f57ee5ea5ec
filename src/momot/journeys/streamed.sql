-- Journeys of one part, in the order lived. Grain: one row an interaction that is no copy. Times are micros UTC, day is the local day since 1970.
-- session is NULL where the person did not act; cycle counts the purchases at an earlier instant.
-- Nothing is sorted or divided by person: the rows stand in their order, so a count within a person is the count down the file less what it was where
-- the person began, and what was last is told from whose it was by a key. by_person.sql says the same with windows by person; a test holds the two
-- together, and is what is run where the rows did not come in their order.
WITH marked AS (
  SELECT i.interaction_id, i.person_id, i.happened_at, i.touchpoint_id, i.activity_id, i.channel_id, i.quality, i.level, i.repeat, i.subject_id,
         i.account_id, i.value_minor, coalesce(o.occurrence, 1) AS occurrence, $acts AS acts, CASE WHEN p.interaction_id IS NULL THEN 0 ELSE 1 END AS bought,
         CAST(i.person_id AS HUGEINT) * $stride + i.happened_at AS place
  FROM $interactions i
  LEFT JOIN $purchases p ON p.person_id = i.person_id AND p.interaction_id = i.interaction_id
  LEFT JOIN $occurrences o ON o.person_id = i.person_id AND o.interaction_id = i.interaction_id
  WHERE NOT i.duplicate
), followed AS (
  SELECT *,
         lag(person_id) OVER () AS person_before,
         lag(place) OVER () AS place_before,
         sum(bought) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - bought AS purchases,
         max(CASE WHEN acts THEN place END) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS acted,
         $bought_last AS bought_last
  FROM marked
), recalled AS (
  SELECT *,
         person_before IS NULL OR person_before <> person_id AS begins,
         place_before IS NULL OR place_before <> place AS moves,
         lag(acted) OVER () AS acted_before,
         lag(bought_last) OVER () AS bought_before
  FROM followed
), counted AS (
  SELECT *,
         max(CASE WHEN begins THEN purchases END) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS purchases_of_others,
         max(CASE WHEN moves THEN purchases END) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS purchases_earlier,
         max(CASE WHEN moves THEN bought_before END) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bought_earlier,
         sum($opens) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS sessions
  FROM recalled
), placed AS (
  SELECT *,
         purchases_earlier - purchases_of_others AS cycle,
         max(CASE WHEN begins THEN sessions - $opens END) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS sessions_of_others
  FROM counted
)
SELECT r.interaction_id, r.person_id, r.happened_at, $day AS day, r.touchpoint_id, r.activity_id, r.channel_id, k.moment_id, k.stage, r.quality, r.level,
       r.repeat, r.subject_id, r.account_id, r.value_minor, r.bought = 1 AS purchase, CAST(r.occurrence AS INTEGER) AS occurrence,
       CASE WHEN r.acts THEN CAST(r.sessions - r.sessions_of_others AS INTEGER) END AS session, CAST(r.cycle AS INTEGER) AS cycle
FROM placed r
JOIN journey_kinds k ON k.touchpoint_id = r.touchpoint_id AND k.activity_id = r.activity_id AND k.channel_id = coalesce(r.channel_id, -1) AND k.piece = $piece
