"""What people write and others see, whatever kind it is of."""
