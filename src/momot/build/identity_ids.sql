-- Ids of persons as the blocks give them. Grain: one row an id. rank is that of its namespace, 0 names people best; rows counts the rows that give it.
SELECT p.id, g.rank, sum(g.times) AS rows
FROM $given g JOIN person_ids p ON p.key = g.key
GROUP BY p.id, g.rank
