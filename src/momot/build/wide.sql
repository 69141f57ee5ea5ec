-- A survey, snapshot or experiment. Grain: one row a respondent or assigned unit. bucket is that of the person; at is micros UTC.
SELECT (row_number() OVER (ORDER BY m.__source, m.__line, p.person_id, m.row_hash))::BIGINT AS row, m.line, p.person_id, p.bucket, m.row_hash, m.at, m.period, m.weight$columns
FROM $mapped m JOIN person_ids p ON p.key = m.person
ORDER BY row
