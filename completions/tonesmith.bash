# Completion for bash.  The program is asked what it knows, so this never falls behind it.
_tonesmith()
{
    local program=${COMP_WORDS[0]/#\~/$HOME} word=${COMP_WORDS[COMP_CWORD]} words
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        words=$("$program" --help 2>/dev/null | sed -n 's/^  \([a-z][a-z0-9-]*\)  *[^ ].*/\1/p')
        words="$words --help --version"
    elif [[ $word == -* ]]; then
        words=$("$program" "${COMP_WORDS[1]}" --help 2>/dev/null | sed -n 's/^  \(-[A-Za-z],\|   \) \(--[a-z0-9-]*\).*/\2/p')
    else
        return # file names, by "-o default" below
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _tonesmith tonesmith
