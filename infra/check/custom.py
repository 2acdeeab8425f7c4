"""Strict schemas of the two custom resources of the Prometheus operator, as far as they are used here."""

import jsonschema

TEXT = {"type": "string"}
NAMES = {"type": "object", "additionalProperties": TEXT}
DURATION = {"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$"}


def exactly(required, **optional):
    return {"type": "object", "additionalProperties": False, "properties": {**required, **optional},
            "required": list(required)}


def some(item):
    return {"type": "array", "minItems": 1, "items": item}


def resource(kind, spec):
    metadata = exactly({"name": TEXT, "namespace": TEXT}, labels=NAMES, annotations=NAMES)
    return exactly({"apiVersion": {"const": "monitoring.coreos.com/v1"}, "kind": {"const": kind},
                    "metadata": metadata, "spec": spec})


SCHEMAS = {
    "ServiceMonitor": resource("ServiceMonitor", exactly({
        "selector": exactly({"matchLabels": NAMES}),
        "endpoints": some(exactly(
            {"port": TEXT}, path=TEXT, interval=DURATION, scrapeTimeout=DURATION,
            relabelings=some(exactly({"sourceLabels": some(TEXT), "targetLabel": TEXT})))),
    }, jobLabel=TEXT)),
    "PrometheusRule": resource("PrometheusRule", exactly({
        "groups": some(exactly({"name": TEXT, "rules": some({"oneOf": [
            exactly({"record": TEXT, "expr": TEXT}),
            exactly({"alert": TEXT, "expr": TEXT, "labels": NAMES, "annotations": NAMES}, **{"for": DURATION}),
        ]})})),
    })),
}


def complaints(objects):
    for each in objects:
        if each["kind"] in SCHEMAS:
            for error in jsonschema.Draft202012Validator(SCHEMAS[each["kind"]]).iter_errors(each):
                place = "/".join(map(str, error.absolute_path))
                yield f"{each['kind']} {each['metadata']['name']} {place}: {error.message}"
