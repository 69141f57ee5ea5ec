-- People that an id ties by weaker ids which are not its own: those that others of its namespace have as well. Grain: one row an id that ties any.
SELECT id, max(least(ids, others)) AS people
FROM (
  SELECT t.stronger AS id, t.weaker_rank, count(DISTINCT t.weaker) AS ids, count(DISTINCT o.stronger) AS others
  FROM $ties t JOIN $ties o ON o.weaker = t.weaker AND o.stronger_rank = t.stronger_rank AND o.stronger <> t.stronger
  GROUP BY t.stronger, t.weaker_rank
)
GROUP BY id
