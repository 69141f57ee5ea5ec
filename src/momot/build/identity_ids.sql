-- Ids of persons as the blocks give them. Grain: one row an id. rank is that of its namespace, 0 names people best; rows counts the rows that give it.
SELECT id, rank, sum(times) AS rows
FROM $given
GROUP BY id, rank
