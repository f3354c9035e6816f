"""What comes back from the patient's or the clinic's calendar."""
