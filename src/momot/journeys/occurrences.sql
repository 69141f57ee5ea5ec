-- How often the person has met the touchpoint so far, where it is not the first time. Grain: one row an interaction of one part that is no copy.
SELECT person_id, interaction_id, occurrence
FROM (
  SELECT person_id, interaction_id, row_number() OVER (PARTITION BY person_id, touchpoint_id ORDER BY happened_at, interaction_id) AS occurrence
  FROM $interactions
  WHERE NOT duplicate
)
WHERE occurrence > 1
