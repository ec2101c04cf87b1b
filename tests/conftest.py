"""Which shared fixtures the tests have."""

pytest_plugins = [
    "tests.support.databases",
    "tests.support.kafka",
]
