"""What every test may ask for: the database, and the cast."""

pytest_plugins = ["tests.postgres", "tests.programs", "tests.cast"]
