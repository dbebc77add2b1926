#!/usr/bin/env bash
# Acts as a new user: a fresh clone and home, with Node.js 20, 24, and 26, the npm package, the executables, and the Debian package in a
# booted Debian. Each must reach the right number. Prints each check and ends with 'N passed, N failed'.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH=$PWD/node_modules/.bin:$PATH DEBIAN_FRONTEND=noninteractive
source=$PWD; version=$(node -p 'require("./package.json").version')
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
passed=0; failed=0

# check NAME COMMAND...: counts one check, and prints the seconds that it took; shows its output when it fails.
check() {
  local name=$1 began=$SECONDS; shift
  if "$@" >"$work/out" 2>&1; then passed=$((passed + 1)); echo "ok   $name ($((SECONDS - began)) s)"
  else failed=$((failed + 1)); echo "FAIL $name"; tail -n 40 "$work/out" | cut -c1-300 | sed 's/^/       /'; fi
}
quiet() { "$@" >"$work/install" 2>&1 || { tail -n 20 "$work/install"; return 1; }; }

# A new user's home is empty. The machine's registry and certificates are not the user's.
{ npm config get registry | sed 's/^/registry=/'; npm config get cafile | sed -n 's/^\//cafile=\//p'; } >"$work/npmrc"
arch=$(node -p process.arch)
quiet apt-get update -qq
quiet apt-get install -y -qq --no-install-recommends mmdebstrap systemd-container qemu-user-static file xz-utils
# Each Node.js with the npm that comes with it.
for pair in 12 '20 npm@10' '24 npm@11' '26 npm@12'; do
  read -r node npm <<<"$pair"
  mkdir -p "$work/node$node" && quiet npm install --prefix "$work/node$node" --no-audit --no-fund --ignore-scripts "node-linux-$arch@$node" $npm
done

# user NODE HOME COMMAND...: runs a command with this Node.js and this home, and nothing of this shell's environment.
user() {
  local node=$1 home=$work/home-$2; shift 2; mkdir -p "$home"
  env -i ${NODE_EXTRA_CA_CERTS:+NODE_EXTRA_CA_CERTS="$NODE_EXTRA_CA_CERTS"} HOME="$home" LANG=C.UTF-8 TERM=dumb \
    NPM_CONFIG_GLOBALCONFIG="$work/npmrc" NPM_CONFIG_PREFIX="$home/.npm-global" \
    PATH="$home/.npm-global/bin:$work/node$node/node_modules/.bin:/usr/local/bin:/usr/bin:/bin" "$@"
}
# user_in DIRECTORY NODE HOME COMMAND...
user_in() ( cd "$1" && shift && user "$@"; )
# newcomer NODE HOME ARGUMENT...: follows a page. The script that does it has a Node.js of its own.
newcomer() { user "$1" "$2" "$(realpath "$(command -v node)")" "$source/test/install/newcomer.ts" "${@:3}"; }
# prints LINE COMMAND...: the command prints exactly this. npm's notices are on standard error.
prints() { local output; output=$("${@:2}"); echo "$output"; [ "$output" = "$1" ]; }
# says TEXT COMMAND...: the command fails and prints one line, which contains the text.
says() {
  local output; if output=$("${@:2}" 2>&1); then echo "exit status 0: $output"; return 1; fi
  echo "$output"; [ "$(wc -l <<<"$output")" -eq 1 ] && grep -qF -- "$1" <<<"$output"
}

# --- a clone ----------------------------------------------------------------------------------------------------------------------
quick_start() { git clone -q "$source" "$work/clone-$1" && newcomer "$1" "clone-$1" README.md 'Quick start' --in="$work/clone-$1"; }
for node in 20 24 26; do
  began=$SECONDS
  check "quick start of the README, with Node.js $node" quick_start "$node"
  # Not a check: the time depends on the network and on what else the machine does. It is to be less than a minute.
  echo "quick start: $((SECONDS - began)) s from the clone to the number, with Node.js $node"
done

# checkout NODE OPTION...: a clone with another kind of installation.
checkout() { rm -rf "$work/checkout" && git clone -q "$source" "$work/checkout" && user_in "$work/checkout" "$1" "clone-$1" npm ci --no-audit "${@:2}"; }
version_of() { user_in "$work/checkout" "$1" "clone-$1" npm run --silent pitot -- --version; }
unreviewed() (
  cd "$work/checkout" && npm pkg delete allowScripts.esbuild
  if npm ci --no-audit; then return 1; fi 2>&1 | tee log
  grep esbuild log
)
check "npm ci --ignore-scripts" checkout 20 --ignore-scripts
check "pitot runs after it, with Node.js 20" prints "pitot version $version" version_of 20
check "npm ci refuses an install script that nobody has reviewed" unreviewed
check "npm ci --omit=dev" checkout 24 --omit=dev
check "pitot says in one line what is missing" says 'npm ci --include=dev' version_of 24
check "npm ci --omit=optional" checkout 20 --omit=optional
check "pitot says in one line which Node.js is missing" says 'Node.js 24 or later is missing' version_of 20

# --- the npm package --------------------------------------------------------------------------------------------------------------
artifacts=$work/artifacts; mkdir "$artifacts" "$work/again"
tarball=$artifacts/pitot-$version.tgz
# The modes of a clone depend on the user's umask.
private_clone() { chmod 600 "$work"/clone-24/{LICENSE,README.md,package.json} && (umask 077 && pack 24 "$work/again"); }
pack() { user_in "$work/clone-$1" "$1" "clone-$1" npm pack --silent --pack-destination "$2"; }
check "npm pack" pack 26 "$artifacts"
check "the package has less than 3 MB" test "$(stat -c %s "$tarball")" -lt 3000000
check "npm pack in another clone, with another umask" private_clone
check "it has the same bytes" cmp "$tarball" "$work/again/pitot-$version.tgz"
for node in 24 26; do
  check "npm package, as docs/install.md says, with Node.js $node" newcomer "$node" "package-$node" docs/install.md 'npm package' --in="$artifacts" --send
  check "npx, with Node.js $node" prints "pitot version $version" user_in "$artifacts" "$node" "npx-$node" npx --yes "./pitot-$version.tgz" --version
done
check "npm install --global, with Node.js 20" user 20 package-20 npm install --silent --global "$tarball"
check "pitot says in one line which Node.js it needs" says 'pitot needs Node.js 24 or later; this is Node.js 20.' user 20 package-20 pitot --version
check "with Node.js 12, too" says 'pitot needs Node.js 24 or later; this is Node.js 12.' user 12 package-20 pitot --version

# --- the executables --------------------------------------------------------------------------------------------------------------
executable() { user_in "$work/clone-26" 26 clone-26 npm run --silent executable -- --target="$1" --out="$artifacts"; }
for target in linux-x64 linux-arm64 win-x64; do check "executable for $target" executable "$target"; done
# There is no Node.js in this PATH, unless the machine has one.
check "executable, as docs/install.md says" newcomer none executable docs/install.md Executable --in="$artifacts" --send
check "the one for Windows is a program for Windows" sh -c "file -b '$artifacts/pitot-$version-win-x64.exe' | grep '^PE32+ executable'"
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
check "libraries of Debian for arm64" mmdebstrap --variant=extract --architectures=arm64 --include=libc6,libgcc-s1,libstdc++6 "$suite" "$work/arm64"
emulated=(qemu-aarch64-static -L "$work/arm64" "$artifacts/pitot-$version-linux-arm64/pitot")
check "the one for arm64 runs, emulated" prints "pitot version $version" "${emulated[@]}" --version

# --- the Debian package, in a booted Debian ---------------------------------------------------------------------------------------
check "Debian package" env XZ_LEVEL=0 bash packaging/deb/build.sh "$artifacts/pitot-$version-linux-x64" amd64 "$artifacts"
check "a Debian with systemd" mmdebstrap --variant=minbase --include=systemd,systemd-sysv,adduser,libstdc++6,procps,sudo,curl "$suite" "$work/debian"
bash test/install/debian.sh "$work/debian" "$artifacts" | tee "$work/debian.log"
passed=$((passed + $(grep -c '^ok ' "$work/debian.log"))); failed=$((failed + $(grep -c '^FAIL ' "$work/debian.log")))
check "all steps in Debian were reached" grep -qx end "$work/debian.log"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
