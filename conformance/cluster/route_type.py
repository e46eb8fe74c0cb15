"""HTTPRoute as Gateway API defines it, in the part that a deploy and the gateway here use.

Source: <https://gateway-api.sigs.k8s.io/reference/spec/>, `HTTPRoute` of
gateway.networking.k8s.io/v1. Keys that are not described here are kept, as the schema says.
Rules of CEL and an empty default are left out: kube-apiserver 1.20 refuses them.
"""

from __future__ import annotations

from typing import Any

GROUP = "gateway.networking.k8s.io"


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
        **({"properties": properties} if properties else {}),
    }


def _list(items: Any, most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": most}


_BACKEND = _object(
    group={"type": "string"},
    kind={"type": "string", "default": "Service"},
    name={"type": "string", "minLength": 1, "maxLength": 253},
    port={"type": "integer", "format": "int32", "minimum": 1, "maximum": 65535},
    weight={
        "type": "integer",
        "format": "int32",
        "default": 1,
        "minimum": 0,
        "maximum": 1_000_000,
    },
)
_BACKEND["required"] = ["name"]
_RULE = _object(backendRefs=_list(_BACKEND, 16), matches=_list(_object(), 64))
_SPEC = _object(
    hostnames=_list({"type": "string"}, 16),
    parentRefs=_list(_object(), 32),
    rules={**_list(_RULE, 16), "default": [{"matches": []}]},
)
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {
        "name": f"httproutes.{GROUP}",
        "annotations": {
            "api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/gateway-api"
        },
    },
    "spec": {
        "group": GROUP,
        "scope": "Namespaced",
        "names": {"kind": "HTTPRoute", "plural": "httproutes", "singular": "httproute"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {"openAPIV3Schema": _object(spec=_SPEC, status=_object())},
            }
        ],
    },
}
