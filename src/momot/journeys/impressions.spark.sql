-- The same as impressions.sql by windows over each person: on Spark the rows of a file stand in no order. Grain: one row a person with an interaction at
-- fmot within a session.
SELECT person_id, arg_min(waited, place) AS waited, arg_min(next_moment, place) AS next_moment
FROM (
  SELECT a.person_id, a.place,
         CASE WHEN a.next_session = a.session AND a.next_at <= w.to_at THEN a.next_at - a.happened_at ELSE -1 END AS waited,
         CASE WHEN a.next_session = a.session AND a.next_at <= w.to_at THEN a.next_moment ELSE -1 END AS next_moment
  FROM (
    SELECT person_id, happened_at, session, stage, row_number() OVER line AS place, lead(session) OVER line AS next_session,
           lead(happened_at) OVER line AS next_at, lead(moment_id) OVER line AS next_moment
    FROM $journeys
    WHERE session IS NOT NULL
    WINDOW line AS (PARTITION BY person_id ORDER BY happened_at, interaction_id)
  ) a
  JOIN watched w ON w.person_id = a.person_id AND a.happened_at >= w.from_at AND a.happened_at <= w.to_at
  WHERE a.stage = $fmot
)
GROUP BY person_id
