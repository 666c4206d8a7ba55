"""What leaves: deliveries claimed, tried and settled."""
