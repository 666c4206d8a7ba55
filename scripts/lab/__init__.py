"""What the scripts share: a relay in a home of its own, mail servers, loads, letters and how to show them."""
