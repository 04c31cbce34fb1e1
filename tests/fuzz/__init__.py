"""The API under made-up requests: schemathesis against the site as it runs, in the name of each role."""
