"""What scripts/try and scripts/bench share: a relay in a home of its own, mail servers, letters and how to show them."""
