# Completion of behalf for bash. To have it in every shell, add to ~/.bashrc:
#   eval "$(behalf autocomplete bash)"
_behalf() {
  local line=${COMP_LINE:0:COMP_POINT} words=() current line_of value
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=${words[${#words[@]} - 1]}
  COMPREPLY=()
  while IFS= read -r line_of; do
    value=${line_of%%$'\t'*}
    if [[ $value == :files ]]; then
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "${current#@}")
      return
    fi
    COMPREPLY+=("$value")
    [[ $value == *= ]] && compopt -o nospace
  done < <(behalf complete -- "${words[@]:1}" 2>/dev/null)
  # bash puts what is given in the place of what stands behind the last of these characters.
  local breaks=${COMP_WORDBREAKS//[^:=]/} head
  if [[ -n $breaks && $current == *[$breaks]* ]]; then
    head=${current%"${current##*[$breaks]}"}
    COMPREPLY=("${COMPREPLY[@]#"$head"}")
  fi
}
complete -F _behalf behalf
