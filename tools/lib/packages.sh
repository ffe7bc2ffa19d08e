# Sourced by tools/check and tools/demo: installs what they need on Debian and Ubuntu, says what to install elsewhere.

# libcurl4-openssl-dev, not the GnuTLS flavour: certificates and the TLS session cache are OpenSSL's.
BUILD_PACKAGES=(g++ meson ninja-build pkg-config python3 ca-certificates
  libcurl4-openssl-dev libssl-dev rapidjson-dev zlib1g-dev libfmt-dev)
CHECK_PACKAGES=("${BUILD_PACKAGES[@]}" git binutils util-linux ccache clang clang-tidy clang-format
  catch2 doxygen libcpp-httplib-dev libhiredis-dev libpsl-dev nginx-light nghttp2-server openssl
  redis-server python3-swift)

# What stands for the packages above where there is no dpkg.
BUILD_COMMANDS=(g++ meson ninja pkg-config python3)
BUILD_MODULES=('libcurl >= 7.88' 'openssl >= 3.0' RapidJSON zlib 'fmt >= 9.0')
CHECK_COMMANDS=("${BUILD_COMMANDS[@]}" git nm clang++ clang-tidy doxygen nginx nghttpd openssl redis-server)
CHECK_MODULES=("${BUILD_MODULES[@]}" 'catch2 >= 2.13' cpp-httplib hiredis libpsl)

# Those of the packages "$@" that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
  done
}

install_packages() {
  local -a as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      printf 'missing: %s\nrun as root: apt-get install %s\n' "$*" "$*" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  printf '== installing: %s\n' "$*"
  local -a apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
  "${as_root[@]}" "${apt[@]}" update || printf 'the package lists could not be updated; trying with the old ones\n' >&2
  "${as_root[@]}" "${apt[@]}" install -y --no-install-recommends "$@" || return
  # The tests start servers on ports of their own; the services that the packages bring along are not wanted.
  local service
  for service in nginx redis-server; do
    if [[ " $* " == *" $service"* && -d /run/systemd/system ]]; then
      "${as_root[@]}" systemctl disable --now "$service"
    fi
  done
}

# ensure_packages build|check
ensure_packages() {
  local -a packages commands modules missing=()
  local item
  case "$1" in
    build) packages=("${BUILD_PACKAGES[@]}") commands=("${BUILD_COMMANDS[@]}") modules=("${BUILD_MODULES[@]}") ;;
    check) packages=("${CHECK_PACKAGES[@]}") commands=("${CHECK_COMMANDS[@]}") modules=("${CHECK_MODULES[@]}") ;;
  esac
  if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    mapfile -t missing < <(missing_packages "${packages[@]}")
    [ "${#missing[@]}" -eq 0 ] || install_packages "${missing[@]}"
    return
  fi
  # sbin, where servers live, is not on everybody's path.
  for item in "${commands[@]}"; do
    PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$item" >/dev/null || missing+=("the command $item")
  done
  for item in "${modules[@]}"; do
    pkg-config --exists "$item" 2>/dev/null || missing+=("the library $item (as pkg-config knows it)")
  done
  [ "${#missing[@]}" -eq 0 ] && return
  printf 'This is neither Debian nor Ubuntu, so please install:\n' >&2
  printf '  %s\n' "${missing[@]}" >&2
  printf 'On Debian these are: %s\n' "${packages[*]}" >&2
  return 1
}
