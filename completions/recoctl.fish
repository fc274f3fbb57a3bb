# Completion of recoctl in fish: put this file into ~/.config/fish/completions.
function __recoctl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    if string match -q 'files*' -- $lines[1]
        set -l prefix (string replace -r '^files\t' '' -- $lines[1])
        set -l start (string sub -s (math (string length -- "$prefix") + 1) -- "$current")
        for path in (__fish_complete_path "$start")
            echo -- $prefix$path
        end
    else
        printf '%s\n' $lines[2..-1]
    end
end
complete -c recoctl -f -a '(__recoctl_complete)'
