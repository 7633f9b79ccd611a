"""Process 1 of a drill's enclosure: runs one program, hands it the signals that it gets itself, and takes away every
process that lost its parent, as an init does; Node does not. When the program ends, so does this, and with it everything.
"""
import os
import signal
import sys

program = os.fork()
if program == 0:
    os.execvp(sys.argv[1], sys.argv[1:])


def pass_on(number, _frame):
    os.kill(program, number)


signal.signal(signal.SIGTERM, pass_on)
# A terminal gives its Ctrl-C to the program as well.
signal.signal(signal.SIGINT, signal.SIG_IGN if sys.stdin.isatty() else pass_on)
while True:
    ended, status = os.wait()
    if ended == program:
        sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
