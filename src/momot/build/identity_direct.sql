-- People that an id ties directly: different ids of one namespace that names people better, in rows that hold both. Grain: one row an id that ties any.
SELECT id, max(people) AS people
FROM (SELECT weaker AS id, stronger_rank, count(*) AS people FROM $ties GROUP BY weaker, stronger_rank)
GROUP BY id
