"""A Postfix of the tests' own: a real SMTP server that queues letters and hands them on to a sink."""

import socketserver
import threading

from support.imap_account import until_it_listens
from support.loopback import PASSWORD, free_port
from support.smtp_sink import SmtpSink
from support.unpacked import Unpacked

USER, DOMAIN = "office", "example.org"
"""Who is let in."""
_MAIN = """
compatibility_level = 3.6
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
data_directory = /srv/data
queue_directory = /srv/queue
maillog_file = /srv/queue/log
maillog_file_prefixes = /srv
myhostname = mail.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
relayhost = [127.0.0.1]:{sink}
smtpd_peername_lookup = no
smtpd_sasl_auth_enable = yes
smtpd_sasl_local_domain = {domain}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access tcp:127.0.0.1:{refusals}
smtpd_error_sleep_time = 0
local_header_rewrite_clients =
smtp_tls_security_level = none
header_checks = regexp:/srv/headers
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
_SASL = "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: /etc/sasldb2\nmech_list: PLAIN LOGIN\n"
_START = f"""
cd /srv
mkdir -p queue data
chown postfix data
for part in active bounce corrupt defer deferred flush hold incoming private saved trace; do
    mkdir queue/$part
    chown postfix queue/$part
done
mkdir queue/pid queue/maildrop queue/public
chown postfix:postdrop queue/maildrop queue/public
echo {PASSWORD} | saslpasswd2 -p -c -f /etc/sasldb2 -u {DOMAIN} {USER}
chown postfix /etc/sasldb2
exec /usr/lib/postfix/sbin/master -d
"""


class Postfix:
    """Postfix 3. Lets office@example.org in with PASSWORD, and hands letters on to `sink`."""

    def __init__(self) -> None:
        self.port, self.sink, self._refusals = free_port(), SmtpSink(auth=False).start(), _Refusals()
        files = {
            "etc/postfix/main.cf": _MAIN.format(sink=self.sink.port, domain=DOMAIN, refusals=self._refusals.port),
            "etc/postfix/master.cf": _MASTER.format(port=self.port),
            "etc/postfix/sasl/smtpd.conf": _SASL,
            "headers": "/^Received:/ IGNORE\n",
        }
        self._runs = Unpacked("cyrus", _START, files, as_root=True)
        self._runs.start()
        until_it_listens(self.port, self.log)

    def refuse(self, to: str, *, for_good: bool) -> None:
        """Refuse letters to that address from now on."""
        self._refusals.answers[to] = "550 5.1.1 User not found" if for_good else "450 4.2.1 mailbox busy"

    def log(self) -> str:
        """What it has printed and written down."""
        log = self._runs.folder / "queue" / "log"
        return self._runs.output() + (log.read_text(encoding="utf-8", errors="replace") if log.exists() else "")

    def stop(self) -> None:
        """End the server and remove all that it kept."""
        self._runs.stop()
        self._refusals.stop()
        self.sink.stop()


class _Refusals:
    """The table in which Postfix looks addresses up (tcp_table(5)). It would not read a file again within a session."""

    def __init__(self) -> None:
        self.answers = answers = dict[str, str]()

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in self.rfile:
                    answer = answers.get(line.decode().removeprefix("get ").strip())
                    self.wfile.write(f"200 {answer.replace(' ', '%20')}\n".encode() if answer else b"500 none\n")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Talk)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
