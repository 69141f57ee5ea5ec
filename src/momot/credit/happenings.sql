-- The happenings in the order of units and time. Grain: one instant of a unit. number counts from 1 over all units.
SELECT done AS number, unit, happened_at FROM credit_counted WHERE begins = 1
