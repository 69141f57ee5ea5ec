-- Whom the facts have to look at again because something else is known of them than before. Grain: one row a person.
SELECT n.person_id
FROM $people n
JOIN $before b ON b.person_id = n.person_id
WHERE n.is_employee IS DISTINCT FROM b.is_employee OR n.acquisition_cost_minor IS DISTINCT FROM b.acquisition_cost_minor
  OR n.observed_from IS DISTINCT FROM b.observed_from OR n.observed_to IS DISTINCT FROM b.observed_to
