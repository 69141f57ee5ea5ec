-- Interactions whose declared id is new: of several rows with one id the first in time. Grain: one interaction.
SELECT * EXCLUDE (copy)
FROM (
  SELECT *, row_number() OVER (
    PARTITION BY interaction_id
    ORDER BY happened_at, coalesce(person_id, -1), touchpoint_id, quality, level, repeat, subject_id, value_minor, cost_minor) AS copy
  FROM $rows
)
WHERE copy = 1
