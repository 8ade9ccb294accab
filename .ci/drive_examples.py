#!/usr/bin/env python3
"""Drives the examples `enroll` and `login` through pipes, as a person would answer them.

Prints each check and then "N passed, N failed"; the exit code is 0 when none failed. Python's
standard library is all that it needs. Nothing leaves the machine.
"""

import json
import os
import re
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PATIENCE = 60
PASSWORD = "correct horse"
LOUD = "*** SANDBOX: nothing is sent."
CODE_PROMPT = 'Code (or "resend", or "call"): '
TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "not-a-token",
    "TWILIO_VERIFY_SERVICE_SID": "VA" + "0" * 32,
}


class Failed(Exception):
    """What was seen is not what was expected."""


class Program:
    """One run of an example. Output is read as it comes, prompts without a newline included."""

    executables = {}
    directory = None

    def __init__(self, name, *arguments, variables=None):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("TWILIO_")}
        self.process = subprocess.Popen(
            [self.executables[name], *arguments],
            cwd=self.directory,
            env=environment | (variables or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.output = ""
        self.seen = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except BrokenPipeError:
                pass

    def expect(self, pattern):
        """Reads until `pattern` appears after what was expected before."""
        deadline = time.monotonic() + PATIENCE
        while not (found := re.compile(pattern).search(self.output, self.seen)):
            if not self.read(deadline - time.monotonic()):
                raise Failed(f"{pattern!r} did not come in:\n{self.output[self.seen:]}")
        self.seen = found.end()
        return found

    def expect_text(self, text):
        return self.expect(re.escape(text))

    def answer(self, prompt, line):
        self.expect_text(prompt)
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def read(self, patience):
        stdout = self.process.stdout
        if patience <= 0 or not select.select([stdout], [], [], patience)[0]:
            return False
        data = os.read(stdout.fileno(), 65536)
        self.output += data.decode()
        return bool(data)

    def end(self):
        """Closes the input and gives the exit code and what was written to stderr."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        while self.read(PATIENCE):
            pass
        error = self.process.stderr.read().decode()
        return self.process.wait(PATIENCE), error

    def succeed(self):
        code, error = self.end()
        if code != 0 or error:
            raise Failed(f"exit code {code}, stderr {error!r}, output:\n{self.output}")

    def fail(self, *texts):
        """Ends with an error that holds every one of `texts`, and that lets nobody in."""
        code, error = self.end()
        wrong = [text for text in texts if text not in error]
        let_in = re.search("Logged in|is now o", self.output)
        if code in (0, 101) or code < 0 or wrong or let_in or not error.lower().startswith("error"):
            raise Failed(f"exit code {code}, stderr {error!r}, output:\n{self.output}")

    def sign_in(self, name, password=PASSWORD):
        self.answer("User name: ", name)
        self.answer("Password: ", password)

    def phone(self, typed, shown, answer="y"):
        self.answer("Phone number", typed)
        self.answer(f"Is {shown} right? (y/n) ", answer)

    def code(self):
        """The code of the next message that the sandbox delivers."""
        return self.expect(r"\[sandbox\] [^\n]* code is: (\d{6})\b")[1]

    def give(self, text):
        self.answer(CODE_PROMPT, text)


def other_than(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def enroll(name, typed="+1 415 555 0100", shown="+1 415-555-0100", *arguments):
    with Program("enroll", *arguments) as program:
        program.sign_in(name)
        program.phone(typed, shown)
        program.give(program.code())
        program.expect_text("Two-factor login is now on.")
        program.succeed()
        return program.output


def the_first_line_says_sandbox():
    for name in ("enroll", "login"):
        with Program(name) as program:
            program.fail("The input ended.")
            if not program.output.startswith(LOUD) or "\x1b" in program.output:
                raise Failed(program.output)


def a_full_enroll():
    output = enroll("ada")
    if "to +1 *** *** **00 by text message" not in output or "ada is a new user." not in output:
        raise Failed(output)


def a_second_enroll_says_that_it_is_on_already():
    with Program("enroll") as program:
        program.sign_in("ada")
        program.fail("Two-factor login is already on.")


def an_existing_user_enrolls_only_with_the_right_password():
    with Program("enroll") as program:
        program.sign_in("ada", "wrong")
        program.fail("Wrong user name or password.")


def login_with_a_wrong_and_then_the_right_code():
    with Program("login") as program:
        program.sign_in("ada")
        code = program.code()
        program.give(other_than(code))
        program.expect_text("Wrong code. 4 tries left.")
        program.give(f"{code[:3]} {code[3:]}")
        program.expect_text("Logged in as ada.")
        program.succeed()


def five_wrong_codes_let_nobody_in():
    with Program("login") as program:
        program.sign_in("ada")
        wrong = other_than(program.code())
        for left in ("4 tries", "3 tries", "2 tries", "1 try"):
            program.give(wrong)
            program.expect_text(f"Wrong code. {left} left.")
        program.give(wrong)
        program.fail("Too many wrong codes. Please start again.")


def a_malformed_code_is_refused_and_not_counted():
    with Program("login") as program:
        program.sign_in("ada")
        code = program.code()
        for malformed in ("", "12", "12345l", "1" * 300, "１２３４５６"):
            program.give(malformed)
            program.expect_text("The code has 6 digits")
        program.give(other_than(code))
        program.expect_text("Wrong code. 4 tries left.")
        program.give(code)
        program.expect_text("Logged in as ada.")
        program.succeed()


def resend_and_call_too_early_say_how_long_to_wait():
    with Program("login") as program:
        program.sign_in("ada")
        code = program.code()
        for typed, longest in (("resend", 30), ("call", 60)):
            program.give(typed)
            wait = int(program.expect(r"Please wait before asking again \((\d+) seconds? left\)")[1])
            if not longest - 10 < wait <= longest:
                raise Failed(f"{typed}: {wait} seconds")
        program.give(code)
        program.expect_text("Logged in as ada.")
        program.succeed()


def resend_sends_the_code_again():
    with Program("login") as program:
        program.sign_in("ada")
        code = program.code()
        time.sleep(31)
        program.give("resend")
        program.expect_text("A code is on its way")
        if program.code() != code:
            raise Failed("a resend has another code")
        program.give(code)
        program.expect_text("Logged in as ada.")
        program.succeed()


def login_by_call():
    with Program("login", "--call") as program:
        program.sign_in("ada")
        program.expect_text("to +1 *** *** **00 by call.")
        program.expect(r"\[sandbox\] call to \+14155550100: ")
        program.seen = 0
        program.give(program.code())
        program.expect_text("Logged in as ada.")
        program.succeed()


def a_wrong_password_and_an_unknown_user_are_told_the_same():
    for name, password in (("ada", "wrong"), ("nobody", PASSWORD)):
        with Program("login") as program:
            program.sign_in(name, password)
            program.fail("Error: Wrong user name or password.\n")


def the_end_of_the_input_is_an_error_at_every_prompt():
    with Program("login") as program:
        program.answer("User name: ", "ada")
        program.fail("The input ended.")
    with Program("login") as program:
        program.sign_in("ada")
        program.code()
        program.fail("The input ended.")


def unreadable_input_is_an_error():
    for line in (b"\xff\xfe", b"a\x07b", b"", b"x" * 256, b"x" * 100_000):
        with Program("login") as program:
            program.expect_text("User name: ")
            try:
                program.process.stdin.write(line + b"\n" + b"password\n")
                program.process.stdin.flush()
            except BrokenPipeError:
                pass
            program.fail()


def disable_asks_for_a_fresh_code():
    # A call could reach a mailbox.
    with Program("login", "--disable", "--call") as program:
        program.sign_in("ada")
        program.fail("cannot be sent by call")
    with Program("login", "--disable") as program:
        program.sign_in("ada")
        code = program.code()
        program.give(other_than(code))
        program.expect_text("Wrong code. 4 tries left.")
        program.give(code)
        program.expect_text("Two-factor login is now off.")
        program.succeed()


def login_after_disable_needs_no_code():
    with Program("login") as program:
        program.sign_in("ada")
        program.expect_text("Logged in as ada.")
        program.expect_text("Two-factor login is not on")
        program.succeed()


def disable_without_a_phone_is_refused():
    with Program("login", "--disable") as program:
        program.sign_in("ada")
        program.fail("Two-factor login is not on.")


def a_national_number_with_the_default_country():
    enroll("grace", "(415) 555-0134", "+1 415-555-0134")


def a_national_number_with_a_country_given():
    enroll("wangari", "0700 111222", "+254 700 111222", "--country", "KE")


def an_international_number_is_the_same_in_every_country():
    enroll("mary", "+254 700 111222", "+254 700 111222")


def enroll_by_call():
    output = enroll("joan", "+1 415 555 0101", "+1 415-555-0101", "--call")
    if "[sandbox] call to +14155550101: " not in output:
        raise Failed(output)


def a_phone_with_a_letter_is_refused_and_asked_again():
    with Program("enroll") as program:
        program.sign_in("edith")
        program.answer("Phone number", "+1415555010l")
        program.expect_text("This is not a phone number: 'l' does not belong in a phone number")
        program.phone("+1 415 555 0102", "+1 415-555-0102", answer="n")
        program.phone("+1 415 555 0103", "+1 415-555-0103")
        program.expect_text("to +1 *** *** **03")
        program.give(program.code())
        program.expect_text("Two-factor login is now on.")
        program.succeed()


def three_wrong_phones_are_enough():
    with Program("enroll") as program:
        program.sign_in("rosalind")
        for typed, problem in (("", "no digit"), ("+1 415", "few"), ("+999 123", "calling code")):
            program.answer("Phone number", typed)
            program.expect(f"This is not a phone number: [^\n]*{problem}")
        program.fail("no phone number in 3 tries")


def a_number_that_costs_its_caller_is_refused_and_asked_again():
    with Program("enroll") as program:
        program.sign_in("katherine")
        program.phone("+1 900 234 5678", "+1 900-234-5678")
        program.expect_text("This kind of number cannot be used.")
        program.expect_text("Phone number")
        program.fail("The input ended.")


def an_abandoned_enroll_changes_nothing():
    with Program("enroll") as program:
        program.sign_in("barbara")
        program.phone("+1 415 555 0104", "+1 415-555-0104")
        program.code()
        program.fail("The input ended.")
    with Program("login") as program:
        program.sign_in("barbara")
        program.expect_text("Two-factor login is not on")
        program.succeed()


def another_database_has_other_users():
    with Program("login", "--database", "other.sqlite") as program:
        program.sign_in("ada")
        program.fail("Wrong user name or password.")
    with Program("login", "--database", "no/such/directory.sqlite") as program:
        program.fail("no/such/directory.sqlite")


def wrong_arguments_are_named():
    for arguments, text in (
        (["enroll", "--country", "USA"], "two-letter country code"),
        (["login", "--disabel"], "--disabel"),
    ):
        with Program(*arguments) as program:
            program.fail(text)


def incomplete_variables_are_named_and_never_the_sandbox():
    sid, token, service = TWILIO
    for given, missing in (
        ([sid], [token, service]),
        ([token], [sid, service]),
        ([service], [sid, token]),
        ([sid, token], [service]),
        ([sid, service], [token]),
        ([token, service], [sid]),
    ):
        variables = dict.fromkeys(TWILIO, " ") | {name: TWILIO[name] for name in given}
        for name in ("enroll", "login"):
            with Program(name, variables=variables) as program:
                program.fail(*missing)
                if program.output:
                    raise Failed(program.output)
    key = {"TWILIO_API_KEY": "SK" + "0" * 32} | {sid: TWILIO[sid], service: TWILIO[service]}
    with Program("login", variables=key) as program:
        program.fail("TWILIO_API_KEY_SECRET")
    with Program("login", variables={"TWILIO_API_KEY": "SK" + "0" * 32}) as program:
        program.fail("TWILIO_ACCOUNT_SID and TWILIO_API_KEY_SECRET", "TWILIO_VERIFY_SERVICE_SID")


def empty_variables_count_as_not_set():
    with Program("login", variables=dict.fromkeys(TWILIO, "")) as program:
        program.expect_text(LOUD)
        program.fail("The input ended.")


def a_wrong_sid_is_named():
    variables = TWILIO | {"TWILIO_ACCOUNT_SID": TWILIO["TWILIO_VERIFY_SERVICE_SID"]}
    with Program("login", variables=variables) as program:
        program.fail("TWILIO_ACCOUNT_SID", "expected an account SID")


def complete_variables_lead_to_twilio():
    """Through a proxy that does not exist, so that nothing is sent."""
    sid, token, service = TWILIO
    proxy = {"HTTPS_PROXY": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    proxy |= {"NO_PROXY": "", "no_proxy": ""}
    key = {"TWILIO_API_KEY": "SK" + "0" * 32, "TWILIO_API_KEY_SECRET": "not-a-secret"}
    for number, variables in enumerate((
        TWILIO,
        key | {sid: TWILIO[sid], "TWILIO_SERVICE": TWILIO[service]},
        {sid: TWILIO[sid], token: "x", "TWILIO_VERIFY_SERVICE_ID": TWILIO[service]},
    )):
        with Program("enroll", variables=proxy | variables) as program:
            program.sign_in(f"twilio{number}")
            program.phone("+1 415 555 0105", "+1 415-555-0105")
            program.fail("no connection to Twilio could be made")
            if not program.output.startswith("TWILIO: ") or "sandbox" in program.output.lower():
                raise Failed(program.output)


def variables_are_read_from_an_env_file():
    file = Path(Program.directory, ".env")
    try:
        file.write_text(f"# mine\nTWILIO_AUTH_TOKEN='{TWILIO['TWILIO_AUTH_TOKEN']}'\n")
        with Program("login") as program:
            program.fail("TWILIO_ACCOUNT_SID", "TWILIO_VERIFY_SERVICE_SID")
        file.write_text("".join(f"{name}={value}\n" for name, value in TWILIO.items()))
        with Program("login") as program:
            program.expect_text("TWILIO: ")
            program.fail("The input ended.")
        file.write_text("TWILIO_AUTH_TOKEN='very secret\n")
        with Program("login") as program:
            program.fail("NAME=VALUE")
        file.write_text((REPOSITORY / ".env.example").read_text())
        with Program("login") as program:
            program.expect_text(LOUD)
            program.fail("The input ended.")
    finally:
        file.write_text("")


def nothing_secret_is_kept_in_clear():
    stored = Path(Program.directory, "verify-mfa-example.sqlite").read_bytes()
    if PASSWORD.encode() in stored or b"$argon2id$v=19$" not in stored:
        raise Failed("the password is not stored as an Argon2 PHC string")
    if b"4155550" in stored:
        raise Failed("a phone is stored in clear")


CHECKS = [
    the_first_line_says_sandbox,
    a_full_enroll,
    a_second_enroll_says_that_it_is_on_already,
    an_existing_user_enrolls_only_with_the_right_password,
    login_with_a_wrong_and_then_the_right_code,
    five_wrong_codes_let_nobody_in,
    a_malformed_code_is_refused_and_not_counted,
    resend_and_call_too_early_say_how_long_to_wait,
    resend_sends_the_code_again,
    login_by_call,
    a_wrong_password_and_an_unknown_user_are_told_the_same,
    the_end_of_the_input_is_an_error_at_every_prompt,
    unreadable_input_is_an_error,
    disable_asks_for_a_fresh_code,
    login_after_disable_needs_no_code,
    disable_without_a_phone_is_refused,
    a_national_number_with_the_default_country,
    a_national_number_with_a_country_given,
    an_international_number_is_the_same_in_every_country,
    enroll_by_call,
    a_phone_with_a_letter_is_refused_and_asked_again,
    three_wrong_phones_are_enough,
    a_number_that_costs_its_caller_is_refused_and_asked_again,
    an_abandoned_enroll_changes_nothing,
    another_database_has_other_users,
    wrong_arguments_are_named,
    incomplete_variables_are_named_and_never_the_sandbox,
    empty_variables_count_as_not_set,
    a_wrong_sid_is_named,
    complete_variables_lead_to_twilio,
    variables_are_read_from_an_env_file,
    nothing_secret_is_kept_in_clear,
]


def build():
    """Where cargo put the examples."""
    command = ["cargo", "build", "--example", "enroll", "--example", "login"]
    command += ["--message-format", "json-render-diagnostics"]
    built = subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.PIPE, check=True)
    messages = map(json.loads, built.stdout.splitlines())
    return {m["target"]["name"]: m["executable"] for m in messages if m.get("executable")}


def main():
    Program.executables = build()
    failures = 0
    with tempfile.TemporaryDirectory() as Program.directory:
        # So that none in a directory above is found.
        Path(Program.directory, ".env").touch()
        for check in CHECKS:
            name = check.__name__.replace("_", " ")
            try:
                check()
                print(f"ok      {name}", flush=True)
            except (Failed, subprocess.TimeoutExpired) as failure:
                failures += 1
                print(f"FAILED  {name}: {failure}", flush=True)
    print(f"{len(CHECKS) - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
