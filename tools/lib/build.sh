# Sourced by tools/check and tools/demo: build folders and steps. Wants $tree, the root of the source tree.

# Compilers' options differ between our build folders, their preprocessed sources often do not.
export CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_BASEDIR=$tree

# configure NAME OPTION...: makes or renews build/NAME; nothing is done when the options are those of last time.
configure() {
  local folder=$tree/build/$1 wanted="CXX=${CXX:-} ${*:2}"
  if [ -f "$folder/build.ninja" ]; then
    [ "$(cat "$folder/ahp-options" 2>/dev/null)" = "$wanted" ] && return
    meson setup --reconfigure "${@:2}" "$folder" "$tree" || return
  else
    rm -rf "$folder"
    meson setup "${@:2}" "$folder" "$tree" || return
  fi
  printf '%s\n' "$wanted" > "$folder/ahp-options"
}

# step TITLE COMMAND...: says what is done and how long it took; the output goes to a log, of which the end is shown
# when the command fails.
step() {
  local title=$1 start=$SECONDS log status=0
  shift
  log=$tree/build/$(printf '%s' "$title" | tr -cs 'a-z0-9' '-').log
  mkdir -p "$tree/build"
  printf '== %s ... ' "$title"
  "$@" > "$log" 2>&1 || status=$?
  if [ "$status" -eq 0 ]; then
    printf '%d s\n' $((SECONDS - start))
  else
    printf 'FAILED after %d s\n' $((SECONDS - start))
    tail -n 120 "$log"
    printf '(the whole output: %s)\n' "${log#"$tree/"}"
  fi
  return "$status"
}
