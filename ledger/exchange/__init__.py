"""What other systems read and write."""
