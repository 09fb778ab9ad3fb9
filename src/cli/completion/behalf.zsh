#compdef behalf
# Completion of behalf for zsh. To have it in every shell, add to ~/.zshrc:
#   eval "$(behalf autocomplete zsh)"
_behalf() {
  local line value
  local -i width=0
  local -a lines names shown open_names
  lines=("${(@f)$(behalf complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  for line in $lines; do
    value=${line%%$'\t'*}
    (( ${#value} > width )) && width=${#value}
  done
  for line in $lines; do
    value=${line%%$'\t'*}
    if [[ $value == :files ]]; then
      _files
      return
    elif [[ $value == *= ]]; then
      open_names+=("$value")
    else
      names+=("$value")
      [[ $line == *$'\t'* ]] && line="${(r:width:)value}  -- ${line#*$'\t'}"
      shown+=("$line")
    fi
  done
  (( $#open_names )) && compadd -S '' -a open_names
  (( $#names )) && compadd -l -d shown -a names
}
if [[ ${funcstack[1]} == _behalf ]]; then
  _behalf "$@"
else
  (( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
  compdef _behalf behalf
fi
