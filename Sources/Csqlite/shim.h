// Swift cannot call functions with as many arguments as one likes.
extern int sqlite3_config(int, ...);

// SQLITE_CONFIG_MEMSTATUS: without counting, no lock is taken for each piece of memory. Before SQLite's first use.
// Source: sqlite.org/c3ref/config.html and sqlite.org/c3ref/c_config_covering_index_scan.html
static inline int sqlite_counts_no_memory(void) { return sqlite3_config(9, 0); }
