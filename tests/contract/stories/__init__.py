"""What users do with MLflow. A story is run by a Python that has MLflow and no Assent, and prints facts as JSON."""
