"""The ledger of what staff did to topics and places, which the slices that they are of write."""
