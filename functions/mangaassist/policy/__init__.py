"""What the assistant decides: pure functions and data, with no I/O and no clock."""
