"""What endpoints do under load, and what that costs."""
