#!/usr/bin/env bash
# Runs in the Debian that debian.sh boots.
set -uo pipefail
check() { local name=$1; shift; if "$@" >out 2>&1; then echo "ok   deb: $name"; else echo "FAIL deb: $name"; { tail -n 20 out; journalctl -u pitot -n 5; } | cut -c1-300 | sed 's/^/       /'; fi; }
not() { ! "$@"; }

send() { for body in *.bin; do curl -sSf -o /dev/null -H 'Content-Type: application/x-protobuf' --data-binary @"$body" http://localhost:4318/v1/metrics || return; done; }
# The total of Airflow's database for one task.
total() { curl -sSf http://localhost:8889/metrics | tee page | grep '^airflow_ti_finish_total{.*state="success".*task_id="tick".*} 12$'; }

check "the commands of docs/install.md" bash -e commands.sh
check "the service is active and enabled" sh -c 'systemctl is-active pitot && systemctl is-enabled pitot'
check "it is healthy" pitot healthcheck
check "it runs as pitot" sh -c 'test "$(ps -o user= -p "$(systemctl show -P MainPID pitot)")" = pitot'
check "it accepts requests" send
curl -s http://localhost:8889/metrics >/dev/null
check "the total is right" total
check "after a restart, too" sh -c 'systemctl restart pitot'
check "the total is on disk" total
check "the man page is there" test -s /usr/share/man/man1/pitot.1.gz
check "others cannot read the configuration" sh -c 'test "$(stat -c "%U:%G %a" /etc/pitot/config.yaml)" = "root:pitot 640"'

cp /etc/pitot/config.yaml good.yaml
echo 'nonsense: true' >>/etc/pitot/config.yaml
check "reload refuses a configuration with an error" not systemctl reload pitot
check "and logs the reason" sh -c 'journalctl -u pitot | grep nonsense'
check "and pitot continues" total
sed 's/verbosity: basic/verbosity: detailed/' good.yaml >/etc/pitot/config.yaml
check "reload accepts a good one" systemctl reload pitot
check "and pitot uses it" sh -c 'for _ in $(seq 50); do journalctl -u pitot | grep "Config updated" && exit; sleep 0.1; done; exit 1'

pid=$(systemctl show -P MainPID pitot)
kill -KILL "$pid"
check "systemd starts it again after a crash" sh -c "for _ in \$(seq 100); do curl -sf http://localhost:13133 && exit; sleep 0.1; done; exit 1"
check "with the same totals" total

check "a second installation keeps the configuration" sh -c 'apt-get install --yes --reinstall ./pitot_*.deb && grep "verbosity: detailed" /etc/pitot/config.yaml'
check "and restarts the service" sh -c "systemctl is-active pitot && test \"\$(systemctl show -P MainPID pitot)\" != $pid"
check "with the same totals again" total
check "removal stops it" sh -c 'apt-get remove --yes pitot && ! curl -s http://localhost:13133'
check "and keeps the totals" sh -c 'ls /var/lib/pitot/* && test -f /etc/pitot/config.yaml'
check "purge deletes them" sh -c 'apt-get purge --yes pitot && ! test -e /var/lib/pitot && ! test -e /etc/pitot/config.yaml'
echo end
