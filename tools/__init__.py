"""What builds the course; none of it is installed with the package."""
