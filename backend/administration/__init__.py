"""What administrators see of the platform as a whole: what staff did, how it is, how it is set up."""
