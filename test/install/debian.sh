#!/usr/bin/env bash
# Boots a Debian root directory with systemd and follows docs/install.md's "Debian package" in it:
#   debian.sh ROOT ARTIFACTS
# Prints each check and, last, 'end'. The machine in it has no network but loopback, and neither Node.js nor npm.
set -euo pipefail
root=$1; artifacts=$2
cd "$(dirname "$0")"
mkdir -p "$root/install"
echo '127.0.0.1 localhost' >"$root/etc/hosts"
cp "$artifacts"/pitot_*_amd64.deb ../fixtures/recordings/airflow-3.3/*.bin in-debian.sh "$root/install/"
node -e '
  import("./code-blocks.ts").then(({ codeBlocks }) => {
    const [install] = codeBlocks("../../docs/install.md", "Debian package");
    process.stdout.write(install.text);
  })' >"$root/install/commands.sh"
cat >"$root/etc/systemd/system/install-test.service" <<'U'
[Unit]
After=network.target systemd-user-sessions.service
[Service]
Type=oneshot
WorkingDirectory=/install
ExecStart=/bin/bash -c 'bash in-debian.sh >checks 2>&1; systemctl --no-block poweroff'
U
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -sf ../install-test.service "$root/etc/systemd/system/multi-user.target.wants/"
timeout 180 systemd-nspawn --quiet --register=no --keep-unit --private-network --directory="$root" --boot >"$root/install/console" 2>&1 </dev/null || true
cat "$root/install/checks"
