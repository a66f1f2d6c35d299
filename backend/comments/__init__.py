"""The discussion below a proposal."""
