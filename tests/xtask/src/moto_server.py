"""Serves moto on a free port of 127.0.0.1, one request at a time.

Moto's own server lets threads change its dictionaries while others read them, and then now and
then answers with 500. It computes under one interpreter lock anyway, so little is lost.
"""
import threading

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

application = DomainDispatcherApplication(create_backend_app)
turn = threading.Lock()


def one_at_a_time(environ, start_response):
    with turn:
        return list(application(environ, start_response))


run_simple("127.0.0.1", 0, one_at_a_time, threaded=True)
