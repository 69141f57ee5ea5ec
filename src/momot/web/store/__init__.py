"""What people write: owner, next action and note of each moment, with every version of it. SQLite in the project, or Postgres by URL."""
