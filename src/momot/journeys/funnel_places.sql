-- Interactions that are a step of the funnel. Grain: one row an interaction and a step it is. place ascends in the order that each person lived: the file
-- stands in the order of person and time, so a count down it is enough and nothing is sorted.
WITH placed AS (
  SELECT person_id, happened_at, moment_id, activity_id, purchase, row_number() OVER () AS place FROM $journeys
), seen AS (
  SELECT j.person_id, j.happened_at, j.moment_id, j.activity_id, j.purchase, j.place FROM placed j $watched
)
SELECT p.person_id, p.happened_at, p.place, s.step FROM seen p JOIN funnel_steps s ON s.moment_id = p.moment_id
UNION ALL
SELECT p.person_id, p.happened_at, p.place, s.step FROM seen p JOIN funnel_steps s ON s.activity_id = p.activity_id
UNION ALL
SELECT p.person_id, p.happened_at, p.place, s.step FROM seen p JOIN funnel_steps s ON s.purchase = p.purchase WHERE s.purchase
