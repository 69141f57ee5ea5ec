-- Dated answers or facts of units. Grain: one row per answer. period counts steps of $step local days since 1970, given_at is micros UTC.
SELECT $unit AS unit, CAST(floor($day / $step) AS INTEGER) AS period, j.at AS given_at, j.value
FROM $source j JOIN people p ON p.person_id = j.person_id
WHERE NOT p.is_employee AND j.value IS NOT NULL AND j.at IS NOT NULL AND $unit IS NOT NULL
