-- Purchases of one part. Grain: one row a purchase. Several rows about one subject are one purchase, at its first row; without a subject, several
-- rows at one instant (the lines of a basket) are. Times are micros UTC.
SELECT person_id, happened_at, interaction_id
FROM (
  SELECT person_id, happened_at, interaction_id, row_number() OVER (
    PARTITION BY person_id, coalesce(subject_id, -1), CASE WHEN subject_id IS NULL THEN happened_at END ORDER BY happened_at, interaction_id) AS place
  FROM $interactions
  WHERE activity_id IN ($activities) AND NOT duplicate
)
WHERE place = 1
