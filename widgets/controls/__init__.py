"""Small controls that several rooms share."""
