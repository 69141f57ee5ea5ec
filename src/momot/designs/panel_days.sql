-- What a unit met in a period. Grain: one row per unit and period with an interaction. period counts steps of $step local days since 1970. The masks have
-- a bit for every (moment, quality, level) met; met counts happenings; times_N, happened_N and money_N belong to moments that are counted and to outcomes.
SELECT $unit AS unit, CAST(floor(j.day / $step) AS INTEGER) AS period$columns
FROM journeys j JOIN people p ON p.person_id = j.person_id
JOIN $bits b ON b.moment_id = $moment AND b.quality = coalesce(j.quality, 9) AND b.level = coalesce(j.level, -1)
WHERE NOT p.is_employee AND $unit IS NOT NULL AND $sampled
GROUP BY $unit, floor(j.day / $step)
