"""What of the fixtures does not run on the bench, named by each run and in docs/proof.md."""

from __future__ import annotations

NOT_RUN = {
    "browser": "Playwright's browsers are not downloaded: its tests open no page",
    "command-runner": "Playwright's browsers are not downloaded: its tests open no page",
    "desktop": ".NET and Java at these versions are not on this machine: its jobs end there",
    "escape-hatches": "benchmarks.yml and bump.yml: their programs are the project's own",
    "images": "docker builds are recorded, with inputs that are checked",
    "machines": "macos-15: an Ubuntu in its place; ubuntu-24.04-arm: its jobs run on this machine",
    "no-deploy": "`docker ps`, which looks at a container: redis-cli looks at the server",
    "own-jobs": "ci.yml, docs.yml and publish.yml: their programs are the project's own",
    "research-note": "ci.yml: its web, desktop and mobile programs are the project's own",
    "rust-workspace": "release.yml: nothing is published",
}
