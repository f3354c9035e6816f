"""What everything stands on: errors, kinds of text and time, the frozen base of every model."""
