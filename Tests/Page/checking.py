"""Checks one after the other: a line each, and how many failed."""

import traceback


def play(checks, after=lambda: None):
    """Of pairs (name, check): those that failed, counted. `after` follows each of them."""
    failed = 0
    for name, check in checks:
        try:
            check()
            print(f"ok      {name}", flush=True)
        except Exception as error:  # a check that breaks is one that failed
            failed += 1
            print(f"FAILED  {name}: {type(error).__name__}: {str(error)[:1500]}", flush=True)
            if not isinstance(error, AssertionError):
                traceback.print_exc(limit=-3)
        finally:
            after()
    return failed


def close(failed):
    """The last line, and the status to end with."""
    print("all passed" if not failed else f"{failed} failed", flush=True)
    return 1 if failed else 0
