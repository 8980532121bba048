"""The server inside the endpoints' container: one program, one model directory."""
