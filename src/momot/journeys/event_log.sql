-- Interactions with names instead of codes. Grain: one row an interaction that is no copy, of cases from number $low to before $high, in the order
-- of case, time and id. happened_at in microseconds UTC; value in whole units of the currency. Employees are left out.
SELECT $case_name AS case_name, a.activity, j.happened_at, p.person, s.key AS subject, g.key AS account, m.touchpoint, m.moment, m.stage, c.channel,
       CASE j.quality WHEN -1 THEN 'bad' WHEN 0 THEN 'neutral' WHEN 1 THEN 'good' END AS quality, l.label AS level,
       j.value_minor / $minor AS value, j.repeat, j.purchase, j.occurrence, j.session, j.cycle$more
FROM journeys j
JOIN people p ON p.person_id = j.person_id
LEFT JOIN moments m ON m.moment_id = j.moment_id
LEFT JOIN activities a ON a.activity_id = j.activity_id
LEFT JOIN channels c ON c.channel_id = j.channel_id
LEFT JOIN levels l ON l.touchpoint_id = j.touchpoint_id AND l.level = j.level
LEFT JOIN named_subjects s ON s.id = j.subject_id
LEFT JOIN named_accounts g ON g.id = j.account_id
WHERE NOT p.is_employee AND j.$case_id >= $low AND j.$case_id < $high
ORDER BY j.$case_id, j.happened_at, j.interaction_id
