#!/usr/bin/env python3
"""Times the CPU delegate and ONNX Runtime on the same models, in interleaved pairs.

  benchmarks/peers/against_onnxruntime.py [--threads=N] [--pairs=N] [--delegate=D]... MODEL...

A MODEL is a .tflite file, or NAME[:TYPE] of `baton zoo`. Each pair runs one after the other, so that
what the machine does at the time happens to both; the ratio is that of the medians over all pairs.
Prints a table in Markdown. Needs a release build, and the folder of shared data for `ort_bench`.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BATON = ROOT / "build" / "release" / "bin" / "baton"
SHARED = pathlib.Path(os.environ.get("BATON_SHARED_DIR", ROOT.parent / "shared"))
RUNS = 50


def baton_median(model, delegate, threads):
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        subprocess.run(
            [BATON, "benchmark_model", f"--graph={model}", f"--delegate={delegate}",
             f"--num_threads={threads}", f"--num_runs={RUNS}", "--warmup_runs=5", "--min_secs=0.3",
             "--measure_ceilings=false", f"--json={report.name}"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        row = json.load(open(report.name))["results"][0]
    if row["status"] != "ok":
        sys.exit(f"{model} with {delegate}: {row['status']}: {row['error']}")
    return row["median_ms"]


def onnxruntime_median(model, threads):
    out = subprocess.run([SHARED / "peers" / "ort_bench", model, str(threads), str(RUNS)],
                         check=True, capture_output=True, text=True).stdout
    return json.loads(out.strip().splitlines()[-1])["median_ms"]


def file_of(model, folder):
    if model.endswith(".tflite"):
        return model
    name, _, kind = model.partition(":")
    path = pathlib.Path(folder) / f"{name}_{kind or 'float32'}.tflite"
    subprocess.run([BATON, "zoo", name, path, f"--type={kind or 'float32'}"], check=True)
    return str(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--delegate", action="append", help="default: cpu; several make columns")
    options = parser.parse_args()
    delegates = options.delegate or ["cpu"]

    columns = "".join(f" {d} ms | faster by |" for d in delegates)
    print(f"| model | ONNX Runtime ms |{columns}")
    print("|---|---|" + "---|---|" * len(delegates), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for model in options.models:
            path = file_of(model, folder)
            theirs, ours = [], {d: [] for d in delegates}
            for _ in range(options.pairs):
                theirs.append(onnxruntime_median(path, options.threads))
                for delegate in delegates:
                    ours[delegate].append(baton_median(path, delegate, options.threads))
            their_median = statistics.median(theirs)
            line = f"| {pathlib.Path(path).stem} | {their_median:.2f} |"
            for delegate in delegates:
                median = statistics.median(ours[delegate])
                line += f" {median:.2f} | {their_median / median:.2f} |"
            print(line, flush=True)


if __name__ == "__main__":
    main()
