"""DNS for mail: resolvers, a cache, mail exchangers."""
