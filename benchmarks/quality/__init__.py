"""Quality on the public sets in QA_BENCH_DIR: `python -m benchmarks.quality`.

    set --cases--> Case --bench--> engine's Answer --sets--> Row --table--> what is printed

Everything goes through the public engine, with the settings of the environment except where
a measure says otherwise. Indexes are built once, under build/quality; answers are not kept.
"""
