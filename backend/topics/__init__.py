"""What input is asked for, where, until when, and under which conditions."""
