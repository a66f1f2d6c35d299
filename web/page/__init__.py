"""What every page stands on: who visits, one operation, one template, forms, refusals, and pages kept for all."""
