"""codecov/codecov-action@v5.5.2, whose inputs are those of v7.0.0. Nothing is sent.

action.yml: with `use_oidc`, a token is asked for unless the pull request is of a fork; without any
token the upload of a fork is tokenless. dist/codecov.sh: a file that is missing is an error of the
uploader, which ends the step only with `fail_ci_if_error`.
"""

from __future__ import annotations

from .use import Action, ActionError, Use

INPUTS = dict.fromkeys(
    """
    base_sha binary codecov_yml_path commit_parent directory env_vars exclude files flags force
    gcov_args gcov_ignore gcov_include job_code name network_filter network_prefix os
    override_branch override_build override_build_url override_commit override_pr plugins
    report_code report_type root_dir skip_validation slug swift_project token url working-directory
    """.split(),
    "",
) | {
    **dict.fromkeys(
        """
        disable_file_fixes disable_search disable_safe_directory disable_telem dry_run
        fail_ci_if_error handle_no_reports_found recurse_submodules use_legacy_upload_endpoint
        use_oidc use_pypi verbose
        """.split(),
        "false",
    ),
    "gcov_executable": "gcov",
    "git_service": "github",
    "run_command": "upload-coverage",
    "version": "latest",
}


def upload(use: Use) -> None:
    """Records what would be sent."""
    if not use.flag("disable_search"):
        raise ActionError("a search for reports is not modelled")
    file = use.path("files")
    if not file.is_file():
        raise ActionError(f"{use.text('files')} does not exist")
    by = "oidc" if use.flag("use_oidc") else "token"
    use.place.record("coverage", flags=use.text("flags"), by=by, report=file.read_text("utf-8"))


CODECOV = Action(
    upload,
    INPUTS,
    frozenset({"disable_search", "files", "flags", "use_oidc"}),
    frozenset({"files"}),
)
