"""What the scripts that try the program share.

    from checks import check, done
    check(x == 3, f"x is {x}")
    done()              # prints "N checks, N failed" and ends with the exit status; a script without a check has failed
"""
import sys

n_checks = n_failed = 0


def check(ok, what):
    global n_checks, n_failed
    n_checks += 1
    if not ok:
        n_failed += 1
        if n_failed <= 40:
            print("failed:", what)


def done():
    print(f"{n_checks} checks, {n_failed} failed")
    sys.exit(1 if n_failed or not n_checks else 0)
