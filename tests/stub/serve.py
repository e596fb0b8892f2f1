"""Serves moto and the stub on a free port of 127.0.0.1, or on the port given.

It says where, as moto's own server does: ` * Running on http://127.0.0.1:PORT`.
"""
import sys
from pathlib import Path

from werkzeug.serving import run_simple

sys.path.insert(0, str(Path(__file__).parent))
from stub.server import Server  # noqa: E402

port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
run_simple("127.0.0.1", port, Server(), threaded=True)
