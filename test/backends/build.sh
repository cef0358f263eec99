#!/usr/bin/env bash
# Builds those of the tests' back ends that the cache lacks. Needs only Go.
#   build.sh               build what is missing
#   build.sh where <name>  print where a back end's binary is or would be
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${FIRSTLIGHT_BACKENDS_DIR:-$HOME/.cache/firstlight/backends}
names=(jaeger collector prometheus statsd_exporter)

# Prints the module whose version names the binary, and the package to build.
source_of() {
  case $1 in
    jaeger) echo github.com/jaegertracing/jaeger github.com/jaegertracing/jaeger/cmd/jaeger ;;
    collector) echo go.opentelemetry.io/collector/otelcol . ;;
    prometheus) echo github.com/prometheus/prometheus github.com/prometheus/prometheus/cmd/prometheus ;;
    statsd_exporter) echo github.com/prometheus/statsd_exporter github.com/prometheus/statsd_exporter ;;
    *)
      echo "unknown back end: $1" >&2
      return 1
      ;;
  esac
}

version_of() {
  local source
  source=$(source_of "$1")
  awk -v module="${source% *}" '$1 == module { print $2; exit }' "$here/$1/go.mod"
}

# The version alone would miss a component added to main.go, hence the checksum.
where() {
  local sum
  sum=$(cat "$here/$1"/* | cksum)
  echo "$cache/$1-$(version_of "$1")-${sum%% *}"
}

build() {
  local name=$1 file source tags='' ldflags='-s -w'
  file=$(where "$name")
  if [[ -x $file ]]; then
    echo "$name: present ($file)"
    return
  fi
  source=$(source_of "$name")
  if [[ $name == prometheus ]]; then
    # Tests name their targets: the ways to discover them are most of what would be compiled.
    tags=remove_all_sd
    # Its module v0.316.0 is its release 3.16.0, which it tells by this variable alone.
    ldflags+=" -X github.com/prometheus/common/version.Version=$(version_of prometheus | sed 's/^v0\.\(.\)0\{0,1\}/\1./')"
  fi
  # Moved into place when whole, so that no test starts half a binary.
  SECONDS=0
  (cd "$here/$name" && CGO_ENABLED=0 go build -buildvcs=false -trimpath -tags "$tags" -ldflags "$ldflags" -o "$file.$$" "${source#* }")
  mv "$file.$$" "$file"
  echo "$name: built in $SECONDS s ($file)"
}

if [[ ${1:-} == where ]]; then
  where "${2:-}"
  exit
fi

command -v go >/dev/null || { echo 'missing: Go 1.26 or newer' >&2; exit 1; }
mkdir -p "$cache"
for name in "${names[@]}"; do
  build "$name"
done
