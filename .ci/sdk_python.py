#!/usr/bin/env python3
"""Drives the stand-alone sandbox through the official Python SDK, which believes it talks to Twilio.

Prints each check and then "N passed, N failed"; the exit code is 0 when none failed. It makes a
throw-away environment and installs the SDK there with pip; nothing else leaves the machine.
"""

import datetime
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import venv
from pathlib import Path

HERE = Path(__file__).resolve()
REPOSITORY = HERE.parent.parent
SDK = "twilio==9.13.0"
PATIENCE = 60
HELPERS = {"number", "start", "check", "started"}


class Failed(Exception):
    """What was seen is not what was expected."""


def expect(seen, wanted):
    if seen != wanted:
        raise Failed(f"{seen!r} instead of {wanted!r}")


class Server:
    """The example, on a free port, as a person starts it."""

    def __init__(self, executable):
        command = [executable, "--port", "0", "--seed", "7", "--log-level", "error"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0)
        said = self.greeting()
        self.url = re.search(r"TWILIO_VERIFY_BASE_URL=(\S+)", said)[1]
        self.account = re.search(r"TWILIO_ACCOUNT_SID=(\S+)", said)[1]
        self.token = re.search(r"TWILIO_AUTH_TOKEN=(\S+)", said)[1]
        self.service = re.search(r"TWILIO_VERIFY_SERVICE_SID=(\S+)", said)[1]

    def greeting(self):
        said, deadline, stdout = "", time.monotonic() + PATIENCE, self.process.stdout
        while "Ctrl-C" not in said:
            ready, _, _ = select.select([stdout], [], [], max(0, deadline - time.monotonic()))
            read = os.read(stdout.fileno(), 65_536) if ready else b""
            if not read:
                self.process.kill()
                raise Failed(f"the sandbox did not start:\n{said}")
            said += read.decode()
        return said

    def control(self, method, path, body=None):
        """The control plane: what is no part of Twilio's API."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/sandbox/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)

    def messages(self, to):
        return self.control("GET", "messages?" + urllib.parse.urlencode({"to": to}))["messages"]

    def code(self, to):
        return self.messages(to)[0]["code"]

    def advance(self, seconds):
        return self.control("POST", "clock", {"advance_seconds": seconds})["now"]

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


def client_of(server, token=None):
    """The SDK as it is, with an HTTP client that turns to another origin."""
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    class SandboxHttpClient(TwilioHttpClient):
        def request(self, method, url, *arguments, **named):
            url = url.replace("https://verify.twilio.com", server.url, 1)
            if not url.startswith(f"{server.url}/"):
                raise Failed(f"{url} is not the sandbox's")
            return super().request(method, url, *arguments, **named)

    http_client = SandboxHttpClient(timeout=PATIENCE)
    return Client(server.account, token or server.token, http_client=http_client)


def refused(status, code, action):
    from twilio.base.exceptions import TwilioRestException

    try:
        action()
    except TwilioRestException as error:
        expect((error.status, error.code), (status, code))
        return error
    raise Failed(f"no {status}/{code}")


def dated(*dates):
    """The SDK leaves as text what it cannot read as a date."""
    for date in dates:
        if not isinstance(date, datetime.datetime):
            raise Failed(f"{date!r} is no date")


def other_than(code):
    return code[:-1] + str((int(code[-1]) + 1) % 10)


class Checks:
    """Every method but the helpers is one check; they run in this order."""

    def __init__(self, server):
        self.server = server
        self.client = client_of(server)
        self.services = self.client.verify.v2.services
        self.service = self.services(server.service)
        self.numbers = 0

    def number(self):
        """One that no other check uses."""
        self.numbers += 1
        return f"+1415555{99 + self.numbers:04}"

    def start(self, to, channel="sms", **options):
        return self.service.verifications.create(to=to, channel=channel, **options)

    def check(self, to, code):
        return self.service.verification_checks.create(to=to, code=code)

    def started(self):
        to = self.number()
        return to, self.start(to)

    def create_and_fetch_a_service(self):
        made = self.services.create(friendly_name="Nile", code_length=8, lookup_enabled=True)
        found = self.services(made.sid).fetch()
        expect((found.friendly_name, found.code_length, found.lookup_enabled), ("Nile", 8, True))
        expect(found.account_sid, self.server.account)
        dated(found.date_created, found.date_updated)

    def update_and_delete_a_service(self):
        made = self.services.create(friendly_name="Volta")
        updated = made.update(friendly_name="Niger", code_length=4)
        expect((updated.friendly_name, updated.code_length), ("Niger", 4))
        expect(self.services(made.sid).delete(), True)
        refused(404, 20404, lambda: self.services(made.sid).fetch())

    def list_services_over_several_pages(self):
        made = {self.services.create(friendly_name=f"Service {letter}").sid for letter in "abcde"}
        listed = [service.sid for service in self.services.list(page_size=2)]
        expect(len(listed), len(set(listed)))
        expect(made | {self.server.service} <= set(listed), True)
        expect(len(self.services.list(limit=3, page_size=2)), 3)
        second = self.services.page(page_size=2).next_page()
        expect([service.sid for service in second], listed[2:4])
        expect([service.sid for service in second.previous_page()], listed[:2])

    def start_a_verification(self):
        to, started = self.started()
        seen = (started.status, started.valid, started.to, started.channel, started.service_sid)
        expect(seen, ("pending", False, to, "sms", self.server.service))
        expect(len(started.send_code_attempts), 1)
        dated(started.date_created, started.date_updated)

    def the_message_arrives(self):
        to, started = self.started()
        message = self.server.messages(to)[0]
        keys = ["to", "channel", "code", "body", "service_sid", "verification_sid", "sent_at"]
        expect(list(message), keys)
        expect((message["to"], message["verification_sid"]), (to, started.sid))
        expect(message["code"] in message["body"], True)

    def a_wrong_then_the_right_code(self):
        to, started = self.started()
        code = self.server.code(to)
        wrong = self.check(to, other_than(code))
        expect((wrong.status, wrong.valid, wrong.sid), ("pending", False, started.sid))
        right = self.check(to, code)
        expect((right.status, right.valid, right.sid), ("approved", True, started.sid))
        dated(right.date_created, right.date_updated)

    def after_approval_it_is_gone(self):
        to, _ = self.started()
        code = self.server.code(to)
        expect(self.check(to, code).status, "approved")
        error = refused(404, 20404, lambda: self.check(to, code))
        expect("/VerificationCheck was not found" in error.msg, True)

    def check_by_the_sid_of_the_verification(self):
        to, started = self.started()
        code = self.server.code(to)
        checked = self.service.verification_checks.create(verification_sid=started.sid, code=code)
        expect((checked.status, checked.to), ("approved", to))

    def the_sixth_check_is_60202(self):
        to, _ = self.started()
        code = self.server.code(to)
        for _ in range(5):
            expect(self.check(to, other_than(code)).status, "pending")
        refused(429, 60202, lambda: self.check(to, code))

    def the_sixth_send_is_60203(self):
        to, first = self.started()
        for count in range(2, 6):
            again = self.start(to)
            expect((again.sid, len(again.send_code_attempts)), (first.sid, count))
        refused(429, 60203, lambda: self.start(to))
        expect(len({message["code"] for message in self.server.messages(to)}), 1)

    def cancel(self):
        to, started = self.started()
        code = self.server.code(to)
        canceled = self.service.verifications(started.sid).update(status="canceled")
        expect((canceled.sid, canceled.status, canceled.valid), (started.sid, "canceled", False))
        refused(404, 20404, lambda: self.check(to, code))
        expect(self.service.verifications(started.sid).fetch().status, "canceled")

    def approve_by_hand(self):
        to, started = self.started()
        approved = self.service.verifications(to).update(status="approved")
        expect((approved.sid, approved.status), (started.sid, "approved"))

    def a_call(self):
        to = self.number()
        expect(self.start(to, "call").channel, "call")
        expect(self.server.messages(to)[0]["channel"], "call")
        expect(self.check(to, self.server.code(to)).status, "approved")

    def a_call_after_a_text_message_has_the_same_code(self):
        to, first = self.started()
        expect(self.start(to, "call").sid, first.sid)
        expect(len({message["code"] for message in self.server.messages(to)}), 1)

    def a_code_of_your_own(self):
        service = self.services.create(friendly_name="Custom", custom_code_enabled=True)
        to = self.number()
        service = self.services(service.sid)
        service.verifications.create(to=to, channel="sms", custom_code="024680")
        expect(self.server.code(to), "024680")
        checked = service.verification_checks.create(to=to, code="024680")
        expect(checked.status, "approved")

    def fetch_by_the_number_in_the_path(self):
        to, started = self.started()
        found = self.service.verifications(to).fetch()
        expect((found.sid, found.to, found.status), (started.sid, to, "pending"))
        dated(found.date_created, found.date_updated)
        path = self.server.control("GET", "requests")["requests"][0]["path"]
        expect(path.rpartition("/")[2] in (to, urllib.parse.quote(to, safe="")), True)

    def moving_the_clock_expires(self):
        to, started = self.started()
        code = self.server.code(to)
        self.server.advance(580)
        expect(self.service.verifications(started.sid).fetch().status, "pending")
        self.server.advance(21)
        refused(404, 20404, lambda: self.check(to, code))

    def replies_are_dated_with_the_clock_of_the_sandbox(self):
        shown = datetime.datetime.fromisoformat(self.server.advance(86_400).replace("Z", "+00:00"))
        _, started = self.started()
        expect(abs((started.date_created - shown).total_seconds()) < 30, True)

    def a_number_that_is_none_is_60200(self):
        refused(400, 60200, lambda: self.start("not a number"))

    def wrong_credentials_are_20003(self):
        stranger = client_of(self.server, token="0" * 32).verify.v2
        refused(401, 20003, stranger.services(self.server.service).fetch)

    def a_fault_for_one_number(self):
        to = self.number()
        fault = {"fault": "fraud_block", "to": to, "times": 1}
        self.server.control("POST", "faults", fault)
        refused(403, 60410, lambda: self.start(to))
        expect(self.start(to).status, "pending")

    def too_many_requests(self):
        fault = {"fault": "too_many_requests", "operation": "create_verification", "times": 1}
        self.server.control("POST", "faults", fault | {"retry_after_seconds": 1})
        refused(429, 20429, lambda: self.start(self.number()))

    def a_connection_lost_after_processing(self):
        import requests

        to = self.number()
        self.server.control("POST", "faults", {"fault": "drop_after", "to": to, "times": 1})
        try:
            self.start(to)
        except requests.exceptions.ConnectionError:
            expect(len(self.server.messages(to)), 1)
        else:
            raise Failed("the connection was not lost")

    def a_reset_forgets_everything(self):
        _, started = self.started()
        self.server.control("POST", "reset")
        refused(404, 20404, lambda: self.service.verifications(started.sid).fetch())
        expect(self.server.control("GET", "messages"), {"messages": []})
        expect([service.sid for service in self.services.list()], [self.server.service])

    def it_ends_cleanly(self):
        expect(self.server.stop(), 0)


def run(executable):
    server = Server(executable)
    checks = Checks(server)
    names = [name for name in vars(Checks) if name not in HELPERS and not name.startswith("_")]
    failures = 0
    try:
        for name in names:
            words = name.replace("_", " ")
            try:
                getattr(checks, name)()
                print(f"ok      {words}", flush=True)
            except Exception as failure:
                failures += 1
                print(f"FAILED  {words}: {type(failure).__name__}: {failure}", flush=True)
    finally:
        server.process.kill()
        server.process.wait()
    print(f"{len(names) - failures} passed, {failures} failed")
    return 1 if failures else 0


def build():
    """Where cargo put the example."""
    command = ["cargo", "build", "--example", "sandbox", "--locked"]
    command += ["--message-format", "json-render-diagnostics"]
    built = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, check=True)
    messages = map(json.loads, built.stdout.splitlines())
    return {m["target"]["name"]: m["executable"] for m in messages if m.get("executable")}["sandbox"]


def main():
    if len(sys.argv) == 2:
        # This is the environment that has the SDK.
        return run(sys.argv[1])
    executable = build()
    with tempfile.TemporaryDirectory() as directory:
        venv.create(directory, with_pip=True)
        python = Path(directory, "bin", "python")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", SDK]
        subprocess.run(install, check=True)
        return subprocess.run([python, HERE, executable]).returncode


if __name__ == "__main__":
    sys.exit(main())
