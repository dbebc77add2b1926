"""Renders the values in ../fixtures for each version of Kubernetes, and validates every object against its schemas (kubernetes-validate).

    python validate-objects.py HELM VERSION...

Custom resources and HTTPRoute have no schema there. Prints one line per invalid object and exits with status 1 if there is one.
"""
import functools
import glob
import os
import subprocess
import sys

import yaml
from kubernetes_validate import utils

helm, *versions = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
root = os.path.join(here, "../../..")
# The package reads its schemas anew for each object.
utils.schema_contents = functools.lru_cache(maxsize=None)(utils.schema_contents)
utils.all_versions = functools.lru_cache(maxsize=None)(utils.all_versions)

seen, invalid, without_schema = set(), 0, set()
for path in sorted(glob.glob(f"{here}/../fixtures/real/*.yaml") + glob.glob(f"{here}/../fixtures/upstream/values/*.yaml")):
    for version in versions:
        command = [helm, "template", "otel", f"{root}/helm", "--namespace", "re", "--kube-version", f"{version}.0", "--values", path]
        command += ["--set", "image.override.repository=registry.example/pitot"]
        rendered = subprocess.run(command, capture_output=True, text=True)
        if rendered.returncode != 0:
            continue  # compare.ts knows which values are refused.
        for manifest in yaml.safe_load_all(rendered.stdout):
            # Most objects are the same with most values.
            if manifest is None or (version, str(manifest)) in seen:
                continue
            seen.add((version, str(manifest)))
            name = f"{os.path.basename(path)}, Kubernetes {version}, {manifest['kind']}/{manifest['metadata']['name']}"
            try:
                utils.validate(manifest, version, strict=True)
            except utils.SchemaNotFoundError:
                without_schema.add(manifest["kind"])
            except utils.ValidationError as error:
                invalid += 1
                print(f"{name}: {'.'.join(map(str, error.path))}: {error.message}")
print(f"{len(seen)} objects, {invalid} invalid; no schema: {', '.join(sorted(without_schema)) or 'none'}")
sys.exit(1 if invalid else 0)
