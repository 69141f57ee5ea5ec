-- The local days on which something is recorded. Grain: one row per day since 1970.
SELECT DISTINCT day FROM journeys ORDER BY day
