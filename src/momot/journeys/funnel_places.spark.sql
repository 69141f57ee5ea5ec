-- The same by a window over each person: on Spark the rows of a file stand in no order. Grain: as in funnel_places.sql; place counts from 1 in each person.
WITH placed AS (
  SELECT person_id, happened_at, moment_id, activity_id, purchase,
         row_number() OVER (PARTITION BY person_id ORDER BY happened_at, interaction_id) AS place
  FROM $journeys
), seen AS (
  SELECT j.person_id, j.happened_at, j.moment_id, j.activity_id, j.purchase, j.place FROM placed j $watched
)
SELECT p.person_id, p.happened_at, p.place, s.step FROM seen p JOIN funnel_steps s ON s.moment_id = p.moment_id
UNION ALL
SELECT p.person_id, p.happened_at, p.place, s.step FROM seen p JOIN funnel_steps s ON s.activity_id = p.activity_id
UNION ALL
SELECT p.person_id, p.happened_at, p.place, s.step FROM seen p JOIN funnel_steps s ON s.purchase = p.purchase WHERE s.purchase
