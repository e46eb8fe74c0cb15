import nox

PYTHONS = ["3.11", "3.12", "3.13"]


@nox.session(python=PYTHONS)
def tests(session):
    session.install("-e.", "--group", "test", "--group", "lint")
    session.run("pytest", "-W", "error", "tests", *session.posargs)


@nox.session(python="3.13")
def lint(session):
    session.install("ruff")
    session.run("ruff", "check", "lib", "tests")
