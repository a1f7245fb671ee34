"""An Exim of the tests' own: a real SMTP server that hands letters on to a sink."""

from pathlib import Path

from support.imap_account import until_it_listens
from support.loopback import PASSWORD, free_port
from support.smtp_sink import SmtpSink
from support.unpacked import Unpacked

_CONFIG = """
primary_hostname = mail.example.org
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
spool_directory = /srv/spool
log_file_path = /srv/spool/%s.log
host_lookup =
tls_advertise_hosts =
received_header_text =
smtp_accept_max = 50
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  deny    message = 5.1.1 User not found
          condition = ${{if eq{{${{readfile{{/srv/refused}}}}}}{{for good $local_part@$domain}}}}
  defer   message = 4.2.1 mailbox busy
          condition = ${{if eq{{${{readfile{{/srv/refused}}}}}}{{for now $local_part@$domain}}}}
  accept  authenticated = *
  deny    message = 5.7.1 relay not permitted
data:
  accept
begin routers
sink:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = sink
begin transports
sink:
  driver = smtp
  port = {sink}
  allow_localhost
  hosts_avoid_tls = *
begin retry
* * F,1h,1m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{{password}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if eq{{$auth2}}{{{password}}}}}
  server_set_id = $auth1
"""


class Exim:
    """Exim 4. Lets in with PASSWORD, and hands letters on to `sink`."""

    def __init__(self) -> None:
        self.port, self.sink = free_port(), SmtpSink(auth=False).start()
        config = _CONFIG.format(port=self.port, sink=self.sink.port, password=PASSWORD)
        files = {"config": config, "refused": "", "spool/nothing": ""}
        self._runs = Unpacked("courier", "exec /usr/sbin/exim4 -C /srv/config -bdf -q10m", files)
        self._runs.start()
        until_it_listens(self.port, self.log)

    def refuse(self, to: str, *, for_good: bool) -> None:
        """Refuse letters to that address from now on."""
        (self._runs.folder / "refused").write_text(f"{'for good' if for_good else 'for now'} {to}", encoding="ascii")

    def log(self) -> str:
        """What it has printed and written down."""
        logs = sorted(Path(self._runs.folder, "spool").glob("*.log"))
        return "\n".join([self._runs.output(), *(log.read_text(encoding="utf-8", errors="replace") for log in logs)])

    def stop(self) -> None:
        """End the server and remove all that it kept."""
        self._runs.stop()
        self.sink.stop()
