"""The grader's own tests: make test runs them."""
