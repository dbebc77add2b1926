#!/usr/bin/env bash
# Builds the Dockerfile with buildah and runs the image with podman, as the charts (test/deploy/image/run.ts) and deploy/compose.yaml run it.
# Needs no image registry: creates the base image from Debian packages and the Node.js of node_modules, similar to distroless. The build
# image adds busybox, npm, and the machine's certificates. Prints each check and ends with 'N passed, N failed'.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH DEBIAN_FRONTEND=noninteractive
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
image=localhost/pitot:ci; images=("$image" localhost/pitot-base:ci localhost/pitot-build:ci)

quiet() { "$@" >"$work/log" 2>&1 || { tail -n 60 "$work/log"; return 1; }; }
build() { quiet nice buildah bud --isolation chroot --format docker "$@"; }

missing=0; for tool in buildah podman runc ip curl iptables prometheus /usr/lib/podman/netavark; do command -v "$tool" >/dev/null || missing=1; done
if [ "$missing" = 1 ]; then
  quiet apt-get update -qq
  # runc, because Debian's crun does not run if cgroups are in hybrid mode.
  quiet apt-get install -y -qq --no-install-recommends buildah podman runc iproute2 curl netavark aardvark-dns iptables prometheus
fi

# Contains only the libraries that the executable of Node.js needs: no shell, no package manager.
mkdir -p "$work/debs" "$work/base/nodejs/bin"
(cd "$work/debs" && quiet apt-get download -qq libc6 libgcc-s1 libstdc++6 libatomic1 busybox-static)
for package in libc6 libgcc-s1 libstdc++6 libatomic1; do dpkg-deb -x "$work/debs/$package"_*.deb "$work/base"; done
rm -rf "$work/base/usr/share"
cp -L node_modules/.bin/node "$work/base/nodejs/bin/node"
printf 'FROM scratch\nCOPY base/ /\nUSER 65532\nENTRYPOINT ["/nodejs/bin/node"]\n' >"$work/Base"
build -t localhost/pitot-base:ci -f "$work/Base" "$work"
echo "base image: Debian's libc6, libgcc-s1, libstdc++6, libatomic1 and Node $("$work/base/nodejs/bin/node" --version)"

cp -a "$work/base" "$work/build"
dpkg-deb -x "$work/debs"/busybox-static_*.deb "$work/build"
mkdir -p "$work/build"/{root,tmp,usr/bin,usr/lib/node_modules,etc/ssl/certs}
chroot "$work/build" /bin/busybox --install -s /bin
npm_cli=$(readlink -f "$(command -v npm)")
cp -a "${npm_cli%/bin/*}" "$work/build/usr/lib/node_modules/npm"
ln -s /nodejs/bin/node "$work/build/usr/bin/node"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/build/usr/bin/npm"
ln -s /bin/env "$work/build/usr/bin/env"
cp /etc/ssl/certs/ca-certificates.crt "$work/build/etc/ssl/certs/"
# The npm settings of the machine: registry and certificates.
npm config get registry | sed 's/^/registry=/' >"$work/build/etc/npmrc"
npm config get cafile | sed -n 's/^\//cafile=\//p' >>"$work/build/etc/npmrc"
printf 'FROM scratch\nCOPY build/ /\nENV PATH=/usr/bin:/bin HOME=/root NPM_CONFIG_GLOBALCONFIG=/etc/npmrc NODE_EXTRA_CA_CERTS=%s\n' \
  /etc/ssl/certs/ca-certificates.crt >"$work/Build"
build -t localhost/pitot-build:ci -f "$work/Build" "$work"

build --build-arg BASE_IMAGE=localhost/pitot-base:ci --build-arg BUILD_IMAGE=localhost/pitot-build:ci \
  --build-arg REVISION="$(git rev-parse HEAD)" -t "$image" .
echo "image: built from the Dockerfile with $(buildah --version)"

# A network namespace with only loopback, so that the image's ports are free regardless of this machine.
code=0
unshare --net sh -c 'ip link set lo up && exec "$@"' sh node test/deploy/image/run.ts "$image" || code=$?
bash test/deploy/compose/run.sh "$image" localhost/pitot-base:ci || code=$?
quiet buildah rmi --force "${images[@]}" || true
exit "$code"
