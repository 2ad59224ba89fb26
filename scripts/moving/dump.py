"""A SQLite database as SQL, without tables that are empty: small enough to keep. Database and output as words."""

import sqlite3
import sys

with sqlite3.connect(sys.argv[1]) as database, open(sys.argv[2], "w") as out:
    names = [row[0] for row in database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    for name in names:
        # Without those that the database works out.
        columns = ", ".join(
            f'"{row[1]}"' for row in database.execute(f'PRAGMA table_info("{name}")'))
        rows = list(database.execute(f'SELECT {columns} FROM "{name}"'))
        if not rows and name not in ("metrics", "params", "tags", "runs"):
            continue
        (definition,) = database.execute(
            "SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
        out.write(definition + ";\n")
        for row in rows:
            values = ", ".join(database.execute("SELECT quote(?)", (value,)).fetchone()[0]
                               for value in row)
            out.write(f'INSERT INTO "{name}" VALUES ({values});\n')
