#!/usr/bin/env bash
# Builds a Debian package from an executable (npm run executable):
#   packaging/deb/build.sh release/pitot-VERSION-linux-x64 amd64 [FOLDER]
# Writes FOLDER/pitot_VERSION_ARCH.deb (default: release). Two builds from one executable have the same bytes.
set -euo pipefail
executable=$(realpath "${1:?folder of the executable}"); arch=${2:?amd64 or arm64}; out=$(realpath -m "${3:-release}")
cd "$(dirname "$0")"
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' ../../package.json)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}; export SOURCE_DATE_EPOCH
maintainer='The pitot authors <pitot@users.noreply.github.com>'
root=$(mktemp -d); trap 'rm -rf "$root"' EXIT
umask 022; chmod 0755 "$root"

install -Dm0755 "$executable/pitot" "$root/usr/bin/pitot"
install -Dm0644 pitot.service "$root/usr/lib/systemd/system/pitot.service"
install -Dm0644 config.yaml "$root/etc/pitot/config.yaml"
install -Dm0644 default "$root/etc/default/pitot"
install -Dm0644 pitot.1 "$root/usr/share/man/man1/pitot.1"
doc=$root/usr/share/doc/pitot
install -Dm0644 copyright "$doc/copyright"
install -m0644 "$executable/THIRD-PARTY-NOTICES.txt" ../../CHANGELOG.md "$doc"
cat >"$doc/changelog" <<C
pitot ($version) stable; urgency=medium

  * See /usr/share/doc/pitot/CHANGELOG.md.gz.

 -- $maintainer  $(date -R -u --date="@$SOURCE_DATE_EPOCH")
C
gzip -9n "$doc"/{changelog,CHANGELOG.md,THIRD-PARTY-NOTICES.txt} "$root/usr/share/man/man1/pitot.1"

mkdir "$root/DEBIAN"
install -m0755 postinst prerm postrm "$root/DEBIAN"
printf '%s\n' /etc/default/pitot /etc/pitot/config.yaml >"$root/DEBIAN/conffiles"
(cd "$root" && find usr etc -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
cat >"$root/DEBIAN/control" <<C
Package: pitot
Version: $version
Architecture: $arch
Maintainer: $maintainer
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
Depends: adduser, libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 6)
Section: net
Priority: optional
Description: OTLP metrics in, Prometheus out, for Apache Airflow
 pitot receives OpenTelemetry metrics from Apache Airflow and exposes them to
 Prometheus. It is a drop-in replacement for otelcol-contrib that can also keep
 accurate counters for short-lived processes.
 .
 The service listens on 4317 (gRPC), 4318 (HTTP), 8888, 8889 and 13133. Its
 configuration is /etc/pitot/config.yaml.
C
find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
mkdir -p "$out"
# The highest level of xz takes minutes; tests set a lower one.
dpkg-deb --root-owner-group -Zxz "-z${XZ_LEVEL:-6}" --build "$root" "$out/pitot_${version}_$arch.deb"
