-- What each person of one part did after first standing in front of the offer. Grain: one row a person with an interaction at fmot within a session.
-- waited: micros to the next thing done in the same session, NULL where nothing followed; next_moment what that was.
-- The rows of the file stand in order, so what follows is the next row.
SELECT person_id, arg_min(waited, place) AS waited, arg_min(next_moment, place) AS next_moment
FROM (
  SELECT a.person_id, a.place,
         CASE WHEN a.next_person = a.person_id AND a.next_session = a.session AND a.next_at <= w.to_at THEN a.next_at - a.happened_at ELSE -1 END AS waited,
         CASE WHEN a.next_person = a.person_id AND a.next_session = a.session AND a.next_at <= w.to_at THEN a.next_moment ELSE -1 END AS next_moment
  FROM (
    SELECT person_id, happened_at, session, stage, row_number() OVER () AS place, lead(person_id) OVER () AS next_person,
           lead(session) OVER () AS next_session, lead(happened_at) OVER () AS next_at, lead(moment_id) OVER () AS next_moment
    FROM $journeys
    WHERE session IS NOT NULL
  ) a
  JOIN watched w ON w.person_id = a.person_id AND a.happened_at >= w.from_at AND a.happened_at <= w.to_at
  WHERE a.stage = $fmot
)
GROUP BY person_id
