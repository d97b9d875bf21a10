"""Recording: suites of scenarios, the recorder and the dataset on disk."""
