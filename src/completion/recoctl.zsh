#compdef recoctl
# Completion of recoctl in zsh: put this file into a directory of $fpath as _recoctl, or source it
# after compinit.
_recoctl() {
    local -a lines known
    local line prefix
    lines=("${(@f)$("${words[1]}" __complete -- "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
    if [[ ${lines[1]} == files$'\t'* ]]; then
        prefix=${lines[1]#*$'\t'}
        IPREFIX+=$prefix
        PREFIX=${PREFIX#"$prefix"}
        _files
        return
    fi
    for line in "${(@)lines[2,-1]}"; do
        # A colon separates a value from its description.
        known+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    (( ${#known} )) || return 1
    _describe -V 'recoctl' known
}

if [[ ${funcstack[1]} == _recoctl ]]; then
    _recoctl "$@"
else
    compdef _recoctl recoctl
fi
