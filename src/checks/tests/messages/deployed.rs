//! Environments, limits, canaries and images.

use super::said;

/// Two environments, the second after the first, with these limits and this after them.
fn promoted(staging: &str, production: &str, more: &str) -> String {
    let environment = |name: &str, after: &str, limits: &str| {
        format!(
            "[environments.{name}]\n{after}url = {{ var = \"U\" }}\ndeploy = [\"api\"]\nsmoke = \"api\"\nlimits = {{ {limits} }}\n\
             cluster = {{ namespace = \"n\", kubeconfig = {{ secret = \"K\" }} }}\n"
        )
    };
    format!(
        "[monitoring]\nprometheus = {{ url = {{ secret = \"P\" }} }}\n[metrics.time]\nunit = \"seconds\"\nquery = 'q{{version=\"$version\",namespace=\"$namespace\"}}'\nwindow = \"1m\"\n{}{}{more}",
        environment("staging", "", staging),
        environment("production", "needs = \"staging\"\n", production),
    )
}

#[test]
fn limits_on_the_way_to_production() {
    for (staging, production, lines) in [
        (r#"time = { max = "500ms" }"#, r#"time = { max = { var = "T", default = "0s500ms" } }"#, &[][..]),
        (
            r#"time = { max = "500ms" }, errors = { max = "1%" }"#,
            r#"time = { max = { var = "T", default = "1s" } }"#,
            &[
                "error looser-in-production environments.production.limits.time.max: `production` allows 1s, and `staging` before it only 500ms",
                "error looser-in-production environments.production.limits: `staging` limits `errors`, and `production` after it does not",
            ],
        ),
        (
            r#"errors = { max = { var = "E" }, ceiling = "1%" }"#,
            r#"errors = { max = { var = "E" } }"#,
            &[
                "error looser-in-production environments.production.limits.errors: `errors` has a ceiling in `staging`, and none in `production` after it",
            ],
        ),
        (
            r#"errors = { max = "1%" }"#,
            r#"errors = { max = { var = "E", default = "1%" }, ceiling = "0.5%" }"#,
            &["error limit-unit environments.production.limits.errors.max.default: 1% is above its own ceiling"],
        ),
        (
            r#"time = { max = "1%" }"#,
            r#"time = { max = "1s" }"#,
            &["error limit-unit environments.staging.limits.time.max: `time` is a time, and `1%` is not"],
        ),
    ] {
        assert_eq!(said(&promoted(staging, production, ""), &[]), lines, "{staging} → {production}");
    }
}

#[test]
fn canaries() {
    let traffic = |workload: &str, canary: &str, target: &str, steps: &str, hold: &str| {
        let more = format!(
            "[workloads.web]\nimage = \"backend\"\ntarget = \"deployment/web\"\ncontainer = \"web\"\n\
             [environments.production.traffic]\nworkload = \"{workload}\"\nprovider = \"gateway-api\"\nroute = \"httproute/a\"\n\
             stable = \"service/a\"\ncanary = \"service/{canary}\"\ncanary-target = \"deployment/{target}\"\nsteps = [{steps}]\nhold = \"{hold}\"\n"
        );
        said(&promoted("", r#"errors = { max = "0.1%" }"#, &more), &[])
    };
    let good = ("api", "b", "api-canary", r#""10%", "50%""#, "6m");
    let none: [&str; 0] = [];
    assert_eq!(traffic(good.0, good.1, good.2, good.3, good.4), none);
    assert_eq!(
        traffic("web", "a", "web", r#""0%", "50%", "50%", "100%""#, "5m59s"),
        [
            "error hold-too-short environments.production.traffic.hold: after 5m59s, `errors` still looks at requests from before the step",
            "error traffic-workload environments.production.traffic.workload: `web` is not deployed to `production`",
            "error traffic-workload environments.production.traffic.canary: `service/a` is `stable` as well, so the first step would move all users",
            "error traffic-workload environments.production.traffic.canary-target: `deployment/web` is `target` as well, so the first step would move all users",
            "error traffic-workload environments.production.traffic.steps[0]: `0%` is not more than `0%` before it",
            "error traffic-workload environments.production.traffic.steps[2]: `50%` is not more than `50%` before it",
            "error traffic-workload environments.production.traffic.steps[3]: `100%` is not a step: all users follow after the last one anyway",
        ]
    );
}

#[test]
fn keys_of_traffic_providers() {
    let traffic = |keys: &str| {
        let more = format!("[environments.production.traffic]\nworkload = \"api\"\nhold = \"6m\"\n{keys}\n");
        said(&promoted("", r#"errors = { max = "0.1%" }"#, &more), &[])
    };
    let none: [&str; 0] = [];
    let service = "provider = \"blue-green\"\nservice = \"service/a\"";
    assert_eq!(traffic(&format!("{service}\ngreen-target = \"deployment/green\"")), none);
    assert_eq!(
        traffic(&format!("{service}\nsteps = [\"10%\"]")),
        [
            "error traffic-keys environments.production.traffic: `blue-green` needs `green-target`",
            "error traffic-keys environments.production.traffic.steps: `blue-green` does not use `steps`",
        ]
    );
    let canary = "provider = \"gateway-api\"\nroute = \"httproute/a\"\nstable = \"service/a\"\ncanary = \"service/b\"";
    assert_eq!(
        traffic(&format!("{canary}\nservice = \"service/a\"")),
        [
            "error traffic-keys environments.production.traffic: `gateway-api` needs `canary-target`",
            "error traffic-keys environments.production.traffic.service: `gateway-api` does not use `service`",
            "error traffic-keys environments.production.traffic: `gateway-api` needs `steps`",
        ]
    );
}

#[test]
fn values_of_a_release() {
    let set = |set: &str| {
        let more = format!(
            "[workloads.web]\nimage = \"backend\"\ntarget = \"deployment/web\"\ncontainer = \"web\"\n\
             delivery = {{ helm = {{ release = \"web\", chart = \".\", set = {{ {set} }} }} }}\n"
        );
        said(&more, &[])
    };
    let none: [&str; 0] = [];
    assert_eq!(set(r#""image.digest" = "$digest", "labels.version" = "$version""#), none);
    assert_eq!(set(r#"image = "$image", version = "$version""#), none);
    assert_eq!(
        set(r#"tag = "latest""#),
        [
            "error helm-values workloads.web.delivery.helm.set: no value of the chart gets the digest",
            "error helm-values workloads.web.delivery.helm.set: no value of the chart gets the version label",
        ]
    );
}

#[test]
fn a_gate_that_is_open_before_production_alone_is_fine() {
    let open = "[metrics.errors]\nwhen-empty = \"pass\"\n";
    let toml = promoted(r#"errors = { max = "1%" }"#, r#"errors = { max = "0.1%" }"#, open);
    assert_eq!(
        said(&toml, &[]),
        [
            "warning metric-fails-open metrics.errors.when-empty: `pass` lets a version into `production` when the metric is empty"
        ]
    );
    let first = "[environments.staging]\nurl = { var = \"U\" }\ndeploy = [\"api\"]\nsmoke = \"api\"\ncluster = { namespace = \"n\", kubeconfig = { secret = \"K\" } }\n";
    assert_eq!(said(&format!("{first}{open}"), &[]), Vec::<String>::new());
}

#[test]
fn dockerfiles() {
    let toml = "[images.backend]\ncache = [\"gha\"]\n";
    let file = |text: &str| said(toml, &[("backend/Dockerfile", text)]);
    let none: [&str; 0] = [];
    for text in [
        "FROM a\nCOPY . .\nFROM b\nCOPY --from=0 . .\nRUN pip install -r r.txt\n",
        "FROM a\nCOPY r.txt .\nRUN pip install --no-cache-dir -r r.txt\nCOPY . .\n",
        "FROM a\nRUN --mount=type=cache,target=/var/cache/apt apt-get install -y x\n",
        "FROM a\nCOPY . .\nRUN pip install .\n",
    ] {
        assert_eq!(file(text), none, "{text}");
    }
    assert_eq!(
        file(
            "FROM a\nENV PIP_NO_CACHE_DIR=1\nADD ./ /app\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install --upgrade -r r.txt\n"
        ),
        [
            "warning dockerfile-order images.backend.context: line 4 of `backend/Dockerfile` installs by `pip install -r` after line 3 has copied everything, so that every change installs again",
            "warning pip-no-cache images.backend.context: line 4 of `backend/Dockerfile` mounts a cache that `PIP_NO_CACHE_DIR` keeps pip from using",
        ]
    );
}

#[test]
fn an_inline_cache_of_several_stages() {
    let toml = promoted("", "", "[images.backend]\ncache = [\"inline\"]\n");
    let one = [("backend/Dockerfile", "FROM a\n")];
    let two = [("backend/Dockerfile", "FROM a AS b\nFROM c\n")];
    assert_eq!(said(&toml, &one), Vec::<String>::new());
    assert_eq!(
        said(&toml, &two),
        [
            "warning cache-mode images.backend.cache: `inline` holds the last stage alone, and `backend/Dockerfile` has several"
        ]
    );
}

#[test]
fn the_first_branch_is_the_one_that_deploys() {
    let branches =
        |branches: &str| said(&promoted("", "", &format!("[project]\nname = \"p\"\nbranches = [{branches}]\n")), &[]);
    let none: [&str; 0] = [];
    assert_eq!(branches(r#""main", "release/*""#), none);
    assert_eq!(
        branches(r#""release/*", "main""#),
        [
            "error ref-pattern project.branches[0]: `release/*` is a pattern, and the first branch is the one that deploys"
        ]
    );
}

#[test]
fn names_in_a_cluster() {
    let said = |namespace: &str, container: &str, region: &str| {
        let cluster = format!(
            "[environments.staging]\nurl = {{ var = \"U\" }}\ndeploy = [\"api\"]\nsmoke = \"api\"\n\
             cluster = {{ namespace = \"{namespace}\", eks = {{ role = {{ var = \"R\" }}, region = \"{region}\", cluster = \"c\" }} }}\n\
             [workloads.api]\ncontainer = \"{container}\"\n"
        );
        said(&cluster, &[])
    };
    let none: [&str; 0] = [];
    assert_eq!(said("a-1", "b", "eu-central-1"), none);
    assert_eq!(
        said("--all", "a.b", "-x"),
        [
            "error invalid-value workloads.api.container: `a.b` is not the name of a container",
            "error invalid-value environments.staging.cluster.namespace: `--all` is not the name of a namespace",
            "error invalid-value environments.staging.cluster.eks.region: `-x` is not a region",
        ]
    );
}

#[test]
fn platforms_and_headers() {
    assert_eq!(
        said("[images.backend]\nplatforms = [\"linux/arm/v7\", \"linux,x/y\", \"linux\"]\n", &[]),
        [
            "error invalid-value images.backend.platforms[1]: `linux,x/y` is not a platform",
            "error invalid-value images.backend.platforms[2]: `linux` is not a platform",
        ]
    );
    let probe = "[smoke.api]\nprobes = [{ name = \"x\", request = \"GET /\", expect = { contains = \"x\" }, headers = { \"A b\" = \"c\", D = \"e\\nf\", G = \"h\" } }]\n";
    assert_eq!(
        said(probe, &[]),
        [
            "error invalid-value smoke.api.probes[0].headers.A b: `A b` is not the name of a header",
            "error invalid-value smoke.api.probes[0].headers.D: a header holds no such character",
        ]
    );
}

#[test]
fn a_step_ends_before_its_login() {
    let said = |cluster: &str, timeout: &str| {
        said(
            &format!(
                "[environments.staging]\nurl = {{ var = \"U\" }}\ndeploy = [\"api\"]\nsmoke = \"api\"\n\
                 cluster = {{ namespace = \"n\", {cluster} }}\nmigrate = {{ workload = \"api\", run = \"m\", \
                 on-rollback = \"keep\", timeout = \"{timeout}\" }}\n"
            ),
            &[],
        )
    };
    let eks = r#"eks = { role = { var = "R" }, region = "eu-central-1", cluster = "c" }"#;
    let none: [&str; 0] = [];
    assert_eq!(said(eks, "55m"), none);
    assert_eq!(said(r#"kubeconfig = { secret = "K" }"#, "56m"), none);
    assert_eq!(
        said(eks, "56m"),
        [
            "error login-lifetime environments.staging.migrate.timeout: a migration may take 56m, and a log-in to AWS lasts one hour"
        ]
    );
}

#[test]
fn a_query_is_closed_and_selects_one_version_of_one_environment() {
    let query = |query: &str, limit: &str| {
        let environment = |name: &str, more: &str| {
            format!(
                "[environments.{name}]\nurl = {{ var = \"U\" }}\ndeploy = [\"api\"]\nsmoke = \"api\"\n{more}\
                 cluster = {{ namespace = \"{name}\", kubeconfig = {{ secret = \"K\" }} }}\nlimits.p95 = {limit}\n"
            )
        };
        let (staging, production) = (environment("staging", ""), environment("production", "needs = \"staging\"\n"));
        let metric = format!("[metrics.p95]\nunit = \"seconds\"\nwindow = \"1m\"\nquery = '{query}'\n");
        let monitoring = "[monitoring]\nprometheus = { url = { secret = \"P\" } }\n";
        said(&format!("{monitoring}{metric}{staging}{production}"), &[])
    };
    let limit = "{ max = \"1s\" }";
    let none: [&str; 0] = [];
    assert_eq!(query(r#"p95{version="$version",namespace="$namespace"}"#, limit), none);
    assert_eq!(query(r#"p95{version="$version",env="$environment"}"#, limit), none);
    assert_eq!(
        query("sum(p95[$windw]", limit),
        [
            "error metric-query metrics.p95.query: `(` is not closed",
            "error metric-query metrics.p95.query: `$windw` is not a variable of a query",
            "warning metric-scope metrics.p95.query: the version before is part of this metric when `staging` judges a new one",
            "warning metric-scope metrics.p95.query: `staging` and `production` run one version after the other, and this query adds up both",
        ]
    );
    assert_eq!(
        query(r#"p95{version="$version",namespace="$namespace"}"#, "{ max = \"1s\", samples = 5 }"),
        [
            "error window-too-few environments.staging.limits.p95.samples: `p95` counts no samples",
            "error window-too-few environments.production.limits.p95.samples: `p95` counts no samples",
        ]
    );
}
