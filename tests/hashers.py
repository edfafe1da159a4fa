from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """As cheap as Argon2 gets: tests sign in often. What it writes, a real site can check."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
