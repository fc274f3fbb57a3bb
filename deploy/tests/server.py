"""The independent implementation of CloudFormation, on a free port of the loopback interface."""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import boto3
from botocore.config import Config

REGION = "eu-west-1"
ACCOUNT = "000000000000"


class Server:
    """ministack, ended with the `with` block. With `enforce`, IAM policies are enforced for every key
    but the root's."""

    def __init__(self, enforce=False, environment=None):
        self.enforce = enforce
        self.extra = environment or {}

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{port}"
        self.state = tempfile.TemporaryDirectory()
        environment = os.environ | self.extra | {
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "TMPDIR": self.state.name,
        }
        if self.enforce:
            environment["AUTH"] = "true"
        self.log = open(os.path.join(self.state.name, "log"), "w+", encoding="utf-8")
        command = pathlib.Path(sys.executable).parent / "ministack"
        self.process = subprocess.Popen(
            [command], env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=2).close()
                return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        self.__exit__()
        raise RuntimeError("the independent server does not start")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()
        self.state.cleanup()

    def client(self, service, key="test", secret="test", token=None, region=REGION):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(retries={"max_attempts": 1}),
        )
