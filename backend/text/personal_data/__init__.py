"""What in a text looks like personal data, and what of it is the municipality's own."""
