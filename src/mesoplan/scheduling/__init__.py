"""From a course and a clinic to a plan: places of the rhythm, targets, placement, times."""
