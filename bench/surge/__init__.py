"""A release's surge, replayed against a fleet whose instances come minutes after they are asked for."""
