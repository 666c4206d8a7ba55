"""What gateways, mail programs, lists and firms add to a letter: their words as data, and how they are recognised."""
