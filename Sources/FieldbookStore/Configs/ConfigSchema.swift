extension Schema {
  /// Came with level 6: a replica that lacks it gets it when it is opened, and programs of before leave it alone.
  static let configs = """
    CREATE TABLE config(id INTEGER PRIMARY KEY, key TEXT NOT NULL, name TEXT, shown_name TEXT,
      lifecycle TEXT NOT NULL, created_time INTEGER NOT NULL, updated_time INTEGER NOT NULL) STRICT;
    CREATE INDEX config_by_name ON config(name);
    """
}
