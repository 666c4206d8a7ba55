"""Links: unwraps them, takes out what identifies somebody, and tells which show their owner.

``read`` reads one link, ``clean`` takes the names out of it; ``in_text``, ``in_files`` and html/page_links.py find
them. What is known of gateways, redirectors and services is in services.toml.
"""
