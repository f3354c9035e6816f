"""What leaves the plan for calendars and paper."""
