/// The tables of a replica. `log` tables are the truth; `derived` ones are what the log adds up to,
/// and `local` ones belong to this machine alone.
enum Schema {
  /// Raised with every change of a released table; `meta.format` holds it.
  static let format: Int64 = 4

  static let log = """
    CREATE TABLE meta(key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;
    CREATE TABLE chain(id INTEGER PRIMARY KEY, device BLOB NOT NULL, epoch BLOB NOT NULL,
      parent INTEGER, fork INTEGER NOT NULL, tip INTEGER NOT NULL, tip_segment INTEGER,
      clock INTEGER NOT NULL DEFAULT 0) STRICT;
    CREATE INDEX chain_by_log ON chain(device, epoch);
    CREATE TABLE segment(id INTEGER PRIMARY KEY, chain INTEGER NOT NULL, first INTEGER NOT NULL,
      last INTEGER NOT NULL, hash BLOB NOT NULL UNIQUE, previous BLOB, start BLOB NOT NULL,
      origin TEXT NOT NULL, bytes BLOB NOT NULL) STRICT;
    CREATE INDEX segment_by_chain ON segment(chain, last);
    CREATE INDEX segment_by_previous ON segment(previous);
    CREATE TABLE journal(number INTEGER PRIMARY KEY, op BLOB NOT NULL, total INTEGER NOT NULL) STRICT;
    CREATE TABLE payload(id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT;
    CREATE TABLE tail(id INTEGER PRIMARY KEY, run BLOB NOT NULL, points INTEGER NOT NULL,
      time INTEGER NOT NULL, payload BLOB NOT NULL) STRICT;
    CREATE INDEX tail_by_run ON tail(run);
    """

  static let local = """
    CREATE TABLE waiting(id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, needs BLOB NOT NULL,
      bytes BLOB NOT NULL) STRICT;
    CREATE INDEX waiting_by_need ON waiting(needs);
    CREATE TABLE remote(name TEXT PRIMARY KEY, url TEXT NOT NULL, pin BLOB, last_sync INTEGER,
      behind INTEGER) STRICT;
    CREATE TABLE peer(device BLOB PRIMARY KEY, heads BLOB NOT NULL, time INTEGER NOT NULL) STRICT;
    CREATE TABLE invite(id BLOB PRIMARY KEY, secret BLOB NOT NULL, role TEXT NOT NULL,
      expires INTEGER NOT NULL, redeemed_by BLOB) STRICT;
    """

  /// Columns that came after the first release of a local table. A replica that lacks one gets it when it is opened;
  /// programs of before leave them alone.
  static let additions = [
    (table: "remote", column: "certificate", type: "BLOB"),
    (table: "remote", column: "failure", type: "TEXT"),
    (table: "remote", column: "failing_since", type: "INTEGER"),
    (table: "waiting", column: "author", type: "BLOB"),
    (table: "peer", column: "clock_offset", type: "INTEGER"),
  ]

  /// Local tables that came after the first release: a replica that lacks one gets it when it is opened. `imported` holds
  /// what other trackers said of a thing when it was last taken in.
  static let addedTables = [
    (
      name: "imported",
      definition: """
      CREATE TABLE IF NOT EXISTS imported(entity BLOB PRIMARY KEY, base BLOB NOT NULL)
      STRICT, WITHOUT ROWID
      """
    )
  ]

  /// How much of what came later a replica has, as its `user_version` says: so that who opens it need not look. Those of before say 0.
  static let additionCount = additions.count + addedTables.count + 2  // `traces` and `configs`

  /// Without `membership_event`: it is found in a first pass over the log, for a second one.
  static let derivedTables = [
    "past", "entity", "field", "register", "sibling", "member", "conflict", "delete_edit",
    "unknown_op", "void_op", "purge", "purged_cell", "purged_content", "purged_series",
    "replaced_chunk", "withheld_cell",
    "blocking_op", "settled", "suspect", "touched", "chunk", "series", "run", "experiment", "model",
    "version", "device", "dataset_use", "trace", "span", "assessment", "config",
  ]

  static let derived = """
    CREATE TABLE past(chain INTEGER, seen INTEGER, number INTEGER NOT NULL,
      PRIMARY KEY(chain, seen)) STRICT, WITHOUT ROWID;
    CREATE TABLE entity(id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, kind INTEGER NOT NULL,
      created_dot INTEGER, created_clock INTEGER, deleted INTEGER NOT NULL DEFAULT 0,
      updated INTEGER NOT NULL DEFAULT 0, segments BLOB) STRICT;
    CREATE TABLE field(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE register(entity INTEGER, field INTEGER, value ANY, dot INTEGER,
      PRIMARY KEY(entity, field)) STRICT, WITHOUT ROWID;
    CREATE TABLE sibling(entity INTEGER, field INTEGER, dot INTEGER, clock INTEGER NOT NULL, value ANY,
      PRIMARY KEY(entity, field, dot)) STRICT, WITHOUT ROWID;
    CREATE TABLE member(entity INTEGER, field INTEGER, dot INTEGER, clock INTEGER NOT NULL, value ANY,
      PRIMARY KEY(entity, field, dot)) STRICT, WITHOUT ROWID;
    CREATE TABLE conflict(entity INTEGER, field INTEGER, kind TEXT, blocking INTEGER NOT NULL,
      PRIMARY KEY(entity, field, kind)) STRICT, WITHOUT ROWID;
    CREATE TABLE delete_edit(entity INTEGER, deletion INTEGER, edit INTEGER,
      PRIMARY KEY(entity, deletion, edit)) STRICT, WITHOUT ROWID;
    CREATE TABLE unknown_op(dot INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
    CREATE TABLE membership_event(dot INTEGER, register INTEGER, hash BLOB NOT NULL, author BLOB NOT NULL,
      subject BLOB NOT NULL, value ANY, enrolment INTEGER NOT NULL, succession INTEGER NOT NULL,
      overwrites BLOB NOT NULL, past BLOB NOT NULL, PRIMARY KEY(dot, register)) STRICT, WITHOUT ROWID;
    CREATE TABLE purge(dot INTEGER PRIMARY KEY, entity BLOB NOT NULL, clock INTEGER NOT NULL, cells INTEGER NOT NULL,
      reason TEXT, subject TEXT) STRICT;
    CREATE TABLE purged_cell(dot INTEGER, cell INTEGER, PRIMARY KEY(dot, cell)) STRICT, WITHOUT ROWID;
    CREATE TABLE purged_content(digest BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE TABLE purged_series(dot INTEGER, series BLOB, PRIMARY KEY(dot, series)) STRICT, WITHOUT ROWID;
    CREATE TABLE replaced_chunk(dot INTEGER, part INTEGER, PRIMARY KEY(dot, part)) STRICT, WITHOUT ROWID;
    CREATE TABLE withheld_cell(dot INTEGER, cell INTEGER, PRIMARY KEY(dot, cell)) STRICT, WITHOUT ROWID;
    CREATE TABLE void_op(dot INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE blocking_op(entity INTEGER, field INTEGER, dot INTEGER, clock INTEGER NOT NULL,
      overwrites BLOB NOT NULL, value ANY, PRIMARY KEY(entity, field, dot)) STRICT, WITHOUT ROWID;
    CREATE TABLE settled(entity INTEGER, field INTEGER, dot INTEGER, settle INTEGER, clock INTEGER NOT NULL,
      PRIMARY KEY(entity, field, settle, dot)) STRICT, WITHOUT ROWID;
    CREATE TABLE suspect(chain INTEGER, upto INTEGER, clock INTEGER,
      PRIMARY KEY(chain, upto, clock)) STRICT, WITHOUT ROWID;
    CREATE TABLE touched(entity INTEGER, upto INTEGER, segments BLOB NOT NULL,
      PRIMARY KEY(entity, upto)) STRICT, WITHOUT ROWID;
    CREATE TABLE chunk(id INTEGER PRIMARY KEY, run INTEGER NOT NULL, dot INTEGER NOT NULL,
      digest BLOB NOT NULL, manifest BLOB NOT NULL) STRICT;
    CREATE INDEX chunk_by_run ON chunk(run);
    CREATE INDEX chunk_by_digest ON chunk(digest);
    CREATE TABLE series(run INTEGER, key INTEGER, count INTEGER NOT NULL, first_step INTEGER NOT NULL,
      last_step INTEGER NOT NULL, last_timestamp INTEGER NOT NULL, last_value REAL, minimum REAL, maximum REAL,
      exact INTEGER NOT NULL, PRIMARY KEY(run, key)) STRICT, WITHOUT ROWID;
    CREATE TABLE run(id INTEGER PRIMARY KEY, experiment INTEGER, name TEXT, status TEXT, start_time INTEGER,
      end_time INTEGER, lifecycle TEXT NOT NULL, user TEXT, parent BLOB, chain INTEGER,
      held INTEGER NOT NULL) STRICT;
    CREATE INDEX run_by_experiment ON run(experiment, start_time);
    CREATE INDEX run_by_start ON run(start_time);
    CREATE TABLE experiment(id INTEGER PRIMARY KEY, key TEXT NOT NULL, decimal TEXT NOT NULL, name TEXT,
      shown_name TEXT, lifecycle TEXT NOT NULL, created_time INTEGER NOT NULL, updated_time INTEGER NOT NULL) STRICT;
    CREATE INDEX experiment_by_name ON experiment(name);
    CREATE INDEX experiment_by_decimal ON experiment(decimal);
    CREATE TABLE model(id INTEGER PRIMARY KEY, key TEXT NOT NULL, name TEXT, shown_name TEXT,
      lifecycle TEXT NOT NULL, created_time INTEGER NOT NULL, updated_time INTEGER NOT NULL) STRICT;
    CREATE INDEX model_by_name ON model(name);
    CREATE TABLE version(id INTEGER PRIMARY KEY, key TEXT NOT NULL, model INTEGER, number INTEGER,
      provisional INTEGER, ordinal INTEGER, run TEXT, source TEXT, status TEXT, lifecycle TEXT NOT NULL,
      created_time INTEGER NOT NULL, updated_time INTEGER NOT NULL) STRICT;
    CREATE INDEX version_by_model ON version(model, number);
    CREATE TABLE device(id INTEGER PRIMARY KEY, key BLOB NOT NULL, name TEXT, owner TEXT, role TEXT, hub INTEGER) STRICT;
    CREATE INDEX device_by_key ON device(key);
    CREATE TABLE dataset_use(run INTEGER, name TEXT, digest TEXT, context TEXT) STRICT;
    CREATE INDEX dataset_use_by_run ON dataset_use(run);
    """
}
