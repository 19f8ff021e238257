"""One module per piece of the benchmarks; `run(options)` measures and saves it."""
