# Completion of recoctl in bash: source this file, or put it where bash-completion looks for it.
_recoctl() {
    local words=() rest trimmed word i

    # Bash splits words at = and : as well. Join what stands together on the line, up to the cursor.
    rest=${COMP_LINE:0:COMP_POINT}
    for ((i = 0; i <= COMP_CWORD; i++)); do
        trimmed=${rest#"${rest%%[![:space:]]*}"}
        word=${COMP_WORDS[i]}
        ((i < COMP_CWORD)) || word=$trimmed
        if ((i == 0)) || [[ $trimmed != "$rest" ]]; then
            words+=("$word")
        else
            words[${#words[@]} - 1]+=$word
        fi
        rest=${trimmed#"$word"}
    done

    local current=${words[${#words[@]} - 1]} fixed='' breaks='' mark
    for mark in = : @; do
        [[ $COMP_WORDBREAKS != *"$mark"* ]] || breaks+=$mark
    done
    # What stands before the last of these marks is not replaced.
    if [[ -n $breaks && $current == *["$breaks"]* ]]; then
        fixed=${current%"${current##*["$breaks"]}"}
    fi

    local kind prefix value help
    COMPREPLY=()
    {
        IFS=$'\t' read -r kind prefix
        if [[ $kind == files ]]; then
            value=${current#"$prefix"}
            while IFS= read -r word; do
                COMPREPLY+=("${prefix#"$fixed"}$word")
            done < <(compgen -f -- "$value")
            compopt -o filenames 2>/dev/null
        else
            while IFS=$'\t' read -r value help; do
                COMPREPLY+=("${value#"$fixed"}")
            done
        fi
    } < <("$1" __complete -- "${words[@]:1}" 2>/dev/null)

    # More follows these.
    [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *[=:/] ]] || compopt -o nospace 2>/dev/null
}
complete -F _recoctl recoctl
