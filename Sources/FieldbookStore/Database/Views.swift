extension Schema {
  /// For people with `sqlite3`: the same words as the command line.
  static let views = """
    CREATE VIEW runs AS
      SELECT lower(hex(n.key)) AS run_id, r.name, e.shown_name AS experiment, r.status, r.lifecycle,
        strftime('%Y-%m-%dT%H:%M:%fZ', r.start_time / 1000.0, 'unixepoch') AS start_time,
        strftime('%Y-%m-%dT%H:%M:%fZ', r.end_time / 1000.0, 'unixepoch') AS end_time, r.user
      FROM run r JOIN entity n ON n.id = r.id LEFT JOIN experiment e ON e.id = r.experiment;
    CREATE VIEW metrics AS
      SELECT lower(hex(n.key)) AS run_id, r.name AS run, substr(f.name, 9) AS metric, s.last_value AS last,
        s.last_step AS step, s.minimum, s.maximum, s.count
      FROM series s JOIN run r ON r.id = s.run JOIN entity n ON n.id = s.run JOIN field f ON f.id = s.key;
    CREATE VIEW params AS
      SELECT lower(hex(n.key)) AS run_id, r.name AS run, substr(f.name, 8) AS param, g.value
      FROM register g JOIN field f ON f.id = g.field AND f.name GLOB 'params.*'
      JOIN run r ON r.id = g.entity JOIN entity n ON n.id = g.entity;
    CREATE VIEW tags AS
      SELECT lower(hex(n.key)) AS entity, substr(f.name, 6) AS tag, g.value
      FROM register g JOIN field f ON f.id = g.field AND f.name GLOB 'tags.*'
      JOIN entity n ON n.id = g.entity WHERE g.value IS NOT NULL;
    CREATE VIEW conflicts AS
      SELECT lower(hex(n.key)) AS entity, f.name AS field, c.kind, c.blocking, g.value AS shown,
        (SELECT group_concat(quote(s.value), ' | ') FROM sibling s
          WHERE s.entity = c.entity AND s.field = c.field) AS sides
      FROM conflict c JOIN entity n ON n.id = c.entity JOIN field f ON f.id = c.field
      LEFT JOIN register g ON g.entity = c.entity AND g.field = c.field;
    """
}
