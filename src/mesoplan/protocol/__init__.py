"""The undated definition of a treatment course, and its parts."""
