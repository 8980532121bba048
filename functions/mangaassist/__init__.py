"""What the functions share: contracts, policy, adapters and tables."""
