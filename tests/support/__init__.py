"""What tests and measurements stand on."""
