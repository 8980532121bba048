"""What runs inside the SageMaker endpoints, and what trains it."""
