extension Schema {
  /// Came with level 4: a replica that lacks them gets them when it is opened, and programs of before leave them alone.
  ///
  /// Of `span`, `dot` and `place` say where it lies: in which value of its trace's field `spans`, and at which place.
  static let traces = """
    CREATE TABLE trace(id INTEGER PRIMARY KEY, experiment INTEGER, lifecycle TEXT NOT NULL, called TEXT NOT NULL,
      time INTEGER NOT NULL, duration INTEGER, state TEXT NOT NULL, name TEXT, session TEXT, client_request TEXT,
      request TEXT, response TEXT, run TEXT, spans INTEGER NOT NULL, tokens TEXT, cost TEXT, input_tokens INTEGER,
      output_tokens INTEGER, total_tokens INTEGER, input_cost REAL, output_cost REAL, total_cost REAL) STRICT;
    CREATE INDEX trace_by_experiment ON trace(experiment, time);
    CREATE INDEX trace_by_time ON trace(time);
    CREATE TABLE span(trace INTEGER, span INTEGER, dot INTEGER NOT NULL, place INTEGER NOT NULL, parent INTEGER,
      name TEXT NOT NULL, type TEXT NOT NULL, status TEXT NOT NULL, start INTEGER NOT NULL, finish INTEGER,
      session TEXT, request TEXT, response TEXT, tokens TEXT, cost TEXT,
      PRIMARY KEY(trace, span)) STRICT, WITHOUT ROWID;
    CREATE TABLE assessment(trace INTEGER, id TEXT, kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
      number REAL, valid INTEGER NOT NULL, PRIMARY KEY(trace, id)) STRICT, WITHOUT ROWID;
    CREATE VIEW traces AS
      SELECT t.called AS trace_id, e.shown_name AS experiment, t.state, t.lifecycle,
        strftime('%Y-%m-%dT%H:%M:%fZ', t.time / 1000.0, 'unixepoch') AS request_time, t.duration AS duration_ms,
        t.total_tokens, t.total_cost, t.request, t.response
      FROM trace t LEFT JOIN experiment e ON e.id = t.experiment;
    """
}
