# Completion of behalf for fish. To have it in every shell:
#   behalf autocomplete fish > ~/.config/fish/completions/behalf.fish
function __behalf_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in (behalf complete -- $words[2..] "$current" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c behalf -f -a '(__behalf_complete)'
