-- What each person (or account) did in stretches of equal length, counted from $origin. Grain: one row per person and stretch in which anything
-- happened. met counts interactions with the touchpoint, done those that are the outcome. Employees and people who are not known are left out.
SELECT CASE WHEN $by_account THEN i.account_id ELSE i.person_id END AS who,
       (i.happened_at - $origin) // $width AS slot,
       count(*) AS happened,
       sum(CASE WHEN i.touchpoint_id = $touchpoint THEN 1 ELSE 0 END) AS met,
       min(p.observed_from) AS observed_from, max(p.observed_to) AS observed_to
FROM interactions i JOIN people p ON p.person_id = i.person_id
WHERE NOT i.duplicate AND NOT p.is_employee AND CASE WHEN $by_account THEN i.account_id ELSE i.person_id END IS NOT NULL
GROUP BY CASE WHEN $by_account THEN i.account_id ELSE i.person_id END, (i.happened_at - $origin) // $width
ORDER BY who, slot
