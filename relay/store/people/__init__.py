"""Members and pairs: who they are, their addresses, whether mail to them arrives."""
