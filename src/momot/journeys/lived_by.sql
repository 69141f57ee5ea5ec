-- What is known of each of some persons. Grain: one row a person. Times are micros UTC; stages has the bit 2^n for stage n; badly, neither, well and
-- unknown count how what the list is of went.
SELECT j.person_id, count(*) AS interactions, min(j.happened_at) AS first_at, max(j.happened_at) AS last_at,
       bit_or(CASE j.stage $bits ELSE 0 END) AS stages, count(CASE WHEN j.purchase THEN 1 END) AS purchases,
       count(CASE WHEN $which AND j.quality = -1 THEN 1 END) AS badly, count(CASE WHEN $which AND j.quality = 0 THEN 1 END) AS neither,
       count(CASE WHEN $which AND j.quality = 1 THEN 1 END) AS well, count(CASE WHEN $which AND j.quality IS NULL THEN 1 END) AS unknown
FROM $journeys j
WHERE j.person_id IN ($persons)
GROUP BY j.person_id
