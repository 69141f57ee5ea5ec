-- What follows what on the paths. Grain: one row a pair of moments, whether the path leads to a happening, and whether it ends there. -1: the start.
SELECT moment_before, moment_id, leads, ends, count(*) AS times FROM credit_touches GROUP BY moment_before, moment_id, leads, ends
