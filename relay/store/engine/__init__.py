"""The two databases, SQLite and PostgreSQL: connections, one writer, readers, migrations."""
