"""The tables of tidy.py: what may be where, how long it may be, and who is excepted, with reasons."""

SIZE_LIMIT = 350
# path: (greatest number of lines, reason)
SIZE_EXCEPTIONS = {}
# Documents that must stay readable in one sitting: (files, greatest number of lines)
DOCUMENTS = [("docs/design/*.md", 120), ("AGENTS.md", 60), ("CONTRIBUTING.md", 60)]

# The labels of a header's comment, in their order; the others may stand anywhere.
LABELS = ["Owner", "Threads", "Errors", "Units", "Cost", "Durable", "Seed"]
FREE_LABELS = {"Wire", "Order", "Source", "Example"}
LADDER_LIMIT = 12

# Which folders a folder may include from; None: any. Lowest first.
LAYERS = {
    "messages": {"messages"},
    "core": {"core", "messages"},
    "store": {"store", "messages"},
    "actors": {"actors", "core", "store", "messages"},
    "nodes": {"nodes", "actors", "core", "store", "messages"},
    "json": {"json", "actors", "core", "store", "messages"},
    "testing": {"testing", "actors", "core", "store", "messages"},
    "http": {"http", "json", "actors", "core", "store", "messages"},
    "command": {"command", "json", "actors", "core", "store", "messages"},
    "cli": {"cli", "http", "nodes", "command", "json", "actors", "core", "store", "messages"},
    "examples": None,
    "tests": None,
    "bench": None,
}
LIBRARIES = ["messages", "core", "store", "actors", "json", "testing", "http", "command", "nodes"]

# The headers of messages/ that know CAF. The rest of messages/ and all of core/
# and store/ compile without CAF on the include path, so they may not have these.
CAF_HEADERS = {"stint/caf.hpp", "stint/caf_net.hpp", "stint/inspect.hpp", "stint/protocol.hpp"}
WITHOUT_CAF = {"messages", "core", "store"}
# Where the version of CAF may be asked for; one more file may in testing/.
VERSION_FILES = {"messages/stint/caf.hpp", "nodes/stint/caf_net.hpp"}

THREADS = (r"\bstd::(?:\w*mutex|atomic\w*|j?thread|\w*semaphore|latch|barrier|async|lock_guard|\w+_lock)\b"
           r"|\bcondition_variable\w*|\bsleep_(?:for|until)\b")
# name: (pattern, folders it is forbidden in, why)
WORDS = {
    "threads": (THREADS, {"messages", "core", "store", "actors", "json", "command", "testing"},
                "nothing is shared between actors; the files that may stand in tidy_rules.py"),
    "io": (r"#\s*include\s*<(?:fstream|iostream|filesystem|thread|mutex|random)>", {"core"},
           "core decides, it performs nothing"),
    "now": (r"::now\s*\(", set(LAYERS) - {"examples", "bench"},
            "the time comes from the environment, which tests replace"),
    "sleep": (r"\b(?:sleep_(?:for|until)|u?sleep|nanosleep)\s*\(", {"tests"},
              "tests wait for a signal or move virtual time"),
    "gtest": (r"#\s*include\s*[<\"]g(?:test|mock)/", {"testing"},
              "the kit works with any test framework"),
    "base": (r"\b(?:class|struct)\s[^;{}()]*:[^;{}()]*\b(?:\w*event_based_actor|\w*blocking_actor|"
             r"scheduled_actor|stateful_actor)\b", set(LAYERS),
             "actors derive from caf_shim::actor_base, which is the same on both generations of CAF"),
    "atoms": (r"\bcaf::atom\w*|\b\w+_atom(?:_v)?\b|\bCAF_ADD_ATOM\b", set(LAYERS),
              "the two generations of CAF have different atoms; messages are structs"),
    "streams": (r"\bcaf::(?:stream\w*|\w+_stream\w*|flow|async)\b|<caf/(?:\w*stream\w*|flow|async)\b", set(LAYERS),
                "CAF's streams became flows; neither is on both generations"),
    "config": (r"\b(?:default_)?config_file(?:_path)?\b|\bconfig_option_adder\b|\bopt_group\b"
               r"|\b\w*(?:cfg|config)\w*(?:\.|->)parse\s*\(", set(LAYERS),
               "stint reads no CAF config file and adds no CAF options: the application's are its own"),
    "metrics": (r"\bcaf::telemetry\b|<caf/telemetry/|\bmetric_registry\b|\bmetrics_actors_\w+", set(LAYERS),
                "CAF 0.17 has no metrics that 1.x has"),
}

# (path, rule's name): reason
WORD_EXCEPTIONS = {
    ("actors/stint/environment.cpp", "now"): "it is the environment",
    ("actors/stint/runner_attempt.hpp", "threads"): "a body's thread and the worker share it",
    ("actors/stint/runner_attempt.cpp", "threads"): "the threads that share attempts count their shares",
    ("actors/stint/blocking.cpp", "now"): "it counts microseconds of its thread's own wait, whatever the environment's clock says",
    ("actors/stint/blocking.hpp", "threads"): "a plain thread waits there for its answer",
    ("actors/stint/blocking_ear.hpp", "threads"): "a plain thread waits there for its last callback",
    ("actors/stint/runner_port.hpp", "threads"): "bodies' threads leave their news there",
    ("actors/stint/runner_port.cpp", "threads"): "bodies' threads leave their news there",
    ("actors/stint/runner_promise.hpp", "threads"): "any thread may keep a promise",
    ("actors/stint/runner_thread.hpp", "threads"): "it is the thread",
    ("actors/stint/runner_thread.cpp", "threads"): "it is the thread",
    ("actors/stint/submitter.cpp", "threads"): "a plain thread leaves its tasks there, and waits for answers",
    ("messages/stint/caf.hpp", "base"): "actor_base itself",
    ("nodes/stint/tls_refusals.cpp", "now"): "OpenSSL calls it about strangers' sockets, with no environment at hand",
    ("testing/stint/caf_step.hpp", "atoms"): "0.17 names its test scheduler by an atom",
    ("tests/faults/child.cpp", "now"): "it tells how long its start took",
    ("tests/faults/life.cpp", "now"): "it kills a process after real time",
    ("tests/faults/migration.cpp", "now"): "it cuts the power some real time after a start, and asks how long one takes",
    ("tests/faults/surroundings.cpp", "now"): "it measures how long a real list takes to go on",
    ("tests/faults/cluster.cpp", "sleep"): "other processes, on a network that fails, tell nobody when to look",
    ("tests/faults/work_body.cpp", "sleep"): "it is a process that takes time",
    ("tests/faults/surroundings.cpp", "sleep"): "a real disk and a clock that is set tell nobody when to look",
    ("tests/stress/stress.cpp", "now"): "it runs for real seconds, on real threads",
    ("tests/stress/stress_player.hpp", "now"): "it plays for real seconds, on a real thread",
}
