-- Journeys of one part, in the order lived. Grain: one row an interaction that is no copy. Times are micros UTC, day is the local day since 1970.
-- occurrence and session count from 1; session is NULL where the person did not act; cycle counts the purchases at an earlier instant.
-- The portable form of streamed.sql: windows by person, and a sort.
WITH marked AS (
  SELECT i.interaction_id, i.person_id, i.happened_at, i.touchpoint_id, i.activity_id, i.channel_id, i.quality, i.level, i.repeat, i.subject_id,
         i.account_id, i.value_minor, p.interaction_id IS NOT NULL AS purchase, $acts AS acts
  FROM $interactions i LEFT JOIN $purchases p ON p.person_id = i.person_id AND p.interaction_id = i.interaction_id
  WHERE NOT i.duplicate
), counted AS (
  SELECT *,
         row_number() OVER (PARTITION BY person_id, touchpoint_id ORDER BY happened_at, interaction_id) AS occurrence,
         count(CASE WHEN purchase THEN 1 END) OVER (PARTITION BY person_id ORDER BY happened_at RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS cycle,
         max(CASE WHEN purchase THEN happened_at END) OVER (PARTITION BY person_id ORDER BY happened_at RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bought_at,
         max(CASE WHEN acts THEN happened_at END) OVER (
           PARTITION BY person_id ORDER BY happened_at, interaction_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS acted_at
  FROM marked
), parted AS (
  SELECT *,
         sum(CASE WHEN acts AND (acted_at IS NULL OR happened_at - acted_at > $gap) THEN 1 ELSE 0 END) OVER (
           PARTITION BY person_id ORDER BY happened_at, interaction_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS session,
         $piece AS piece
  FROM counted
)
SELECT r.interaction_id, r.person_id, r.happened_at, $day AS day, r.touchpoint_id, r.activity_id, r.channel_id, k.moment_id, k.stage, r.quality, r.level,
       r.repeat, r.subject_id, r.account_id, r.value_minor, r.purchase, CAST(r.occurrence AS INTEGER) AS occurrence,
       CASE WHEN r.acts THEN CAST(r.session AS INTEGER) END AS session, CAST(r.cycle AS INTEGER) AS cycle
FROM parted r
JOIN journey_kinds k ON k.touchpoint_id = r.touchpoint_id AND k.activity_id = r.activity_id AND k.channel_id = coalesce(r.channel_id, -1) AND k.piece = r.piece
ORDER BY r.person_id, r.happened_at, r.interaction_id
