"""What arrives: one envelope, what each of its recipients is, and one answer."""
