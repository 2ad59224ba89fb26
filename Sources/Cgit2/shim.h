#include <git2.h>
#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>

/// Objects, packs and references wait for the disk. (Swift does not see functions with a variable number of arguments.)
static inline int fieldbook_git_waits_for_disk(void) {
  return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
}
