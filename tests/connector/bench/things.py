"""The list of things into DuckDB, by dlt's rest_api source."""

import sys

import dlt
from dlt.sources.rest_api import rest_api_source

url, folder = sys.argv[1:]
source = rest_api_source(
    {
        "client": {"base_url": url, "paginator": {"type": "header_link"}},
        "resource_defaults": {"primary_key": "id", "write_disposition": "merge"},
        "resources": [{"name": "things", "endpoint": {"path": "things", "params": {"per_page": 100}}}],
    }
)
pipeline = dlt.pipeline(
    "things", pipelines_dir=folder, destination=dlt.destinations.duckdb(f"{folder}/things.duckdb"),
    dataset_name="bench",
)
print(pipeline.run(source))
