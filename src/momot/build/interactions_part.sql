-- One part of the interactions in its final order. Grain: one interaction. happened_at is micros UTC. Columns that begin with __ tell a later build where a row came from; readers do not see them.
SELECT
  interaction_id, person_id, happened_at, touchpoint_id, activity_id, channel_id, quality, level, repeat, subject_id, account_id, value_minor, cost_minor,
  false AS duplicate, __id, __file, NULL::BIGINT AS __copy_of
FROM $rows
ORDER BY person_id, happened_at, interaction_id
