"""Operations that a user writes in Python: what is known of them without running them, and their check."""
